import type { ContactDeps } from '#contacts/contact-deps.ts';
import type { OpenLink } from '#db/contacts/links.ts';
import { emptyValueOf, type FieldName, listFields } from '#domain/contact.ts';
import { isBlank } from '#domain/equality.ts';
import { namesInPatch } from '#domain/sync/patch.ts';
import { intendedStep } from '#domain/sync/plan.ts';
import type { PlannedContact } from './plan-contacts.ts';

/** One field of a contact beside the values that its records hold. */
export interface ComparedField {
  field: FieldName;
  value: unknown;
  records: ComparedValue[];
}

export interface ComparedValue {
  link: OpenLink;
  /** The value that the vendor was last known to hold; undefined where it is not known. */
  value: unknown;
  /**
   * `same`: no write is planned. `differs`: a write is planned, or waits until the account is live. `conflict`: a person decides.
   * `not-held`: the vendor has no such field.
   */
  state: 'same' | 'differs' | 'conflict' | 'not-held';
}

/** The fields that have a value in the contact or in one of its records, as the planned writes see them. */
export function compareRecords(deps: ContactDeps, { contact, links, targets }: PlannedContact): ComparedField[] {
  const records = links.filter(({ state }) => state === 'linked');
  const steps = new Map(targets.flatMap(({ link, step }) => (link === null ? [] : [[link.id, intendedStep(step)] as const])));
  return listFields(contact.fields, ...records.map(({ shadow }) => shadow ?? {})).flatMap((field) => {
    const value = contact.fields[field] ?? emptyValueOf(field);
    const compared = records.map((link): ComparedValue => {
      const step = steps.get(link.id);
      const written = step === undefined || step.kind === 'nothing' ? [] : namesInPatch(step.patch);
      const holds = deps.providers.get(link.provider)?.provider.fields.includes(field) ?? field in (link.shadow ?? {});
      const state = field in link.held ? 'conflict' : !holds ? 'not-held' : written.includes(field) ? 'differs' : 'same';
      return { link, value: link.shadow?.[field], state };
    });
    const isKnown = !isBlank(value) || compared.some((each) => !isBlank(each.value));
    return isKnown ? [{ field, value, records: compared }] : [];
  });
}
