import { type ContactFields, type FieldOfType, listFieldsOfType, type ProviderValues } from '#domain/contact.ts';
import { normalizeAddress } from '#domain/normalize/address.ts';
import { normalizeEmail } from '#domain/normalize/email.ts';
import { normalizeName, splitFullName } from '#domain/normalize/name.ts';
import { normalizePhone } from '#domain/normalize/phone.ts';
import { uniqueTags } from '#domain/normalize/tag.ts';
import { normalizeLine } from '#domain/normalize/text.ts';
import type { DoNotContact, PostalAddress } from '#domain/values.ts';
import type { ProviderRecord, StoredSubmission } from '#providers/provider.ts';
import { toConsent } from './evidence.ts';
import type { FormField } from './field-schema.ts';
import type { WebForm } from './settings.ts';
import type { FieldTarget } from './targets.ts';

/** The submission as a record. Blank fields are left out, so that they do not clear the contact's values. */
export function toRecord(submission: StoredSubmission, form: WebForm, defaultRegion: string): ProviderRecord {
  const values = toValues(submission, form, defaultRegion);
  const consent = toConsent(submission.evidence, { form: submission.form, at: submission.receivedAt });
  // A channel that is both refused and permitted is refused.
  const grants = consent?.grants.filter((channel) => !values.doNotContact?.[channel]) ?? [];
  return {
    externalId: submission.id,
    version: null,
    updatedAt: submission.receivedAt.toISOString(),
    reference: null,
    complete: true,
    values,
    ...(consent && grants.length > 0 ? { consent: { ...consent, grants } } : {}),
  };
}

type Answer = FormField & { text: string };

function toValues({ values }: StoredSubmission, form: WebForm, defaultRegion: string): ProviderValues {
  const answers: Answer[] = form.fields.flatMap((field) => {
    const text = Object.hasOwn(values, field.name) ? values[field.name] : undefined;
    return text ? [{ ...field, text }] : [];
  });
  const all = (target: FieldTarget) => answers.filter(({ mapsTo }) => mapsTo === target);
  const first = (target: FieldTarget) => all(target)[0]?.text;
  const address = toAddress(first);
  // Fields of the other types are mapped one by one. The type makes a new field an error until it is mapped here.
  const others: Omit<ContactFields, FieldOfType<'line' | 'refusals'>> = {
    ...toName(first),
    emails: all('email').flatMap(({ text }) => normalizeEmail(text) ?? []),
    phones: all('phone').flatMap(({ text }) => normalizePhone(text, { defaultRegion }) ?? []),
    addresses: address ? [address] : [],
    birthday: first('birthday') ?? null,
    tags: uniqueTags([...form.tags, ...all('tag').map(({ text }) => text), ...answers.flatMap(({ tags = [] }) => tags)]),
    note: toNote(all('note')),
  };
  const source = normalizeLine(first('source') ?? form.source);
  return withoutBlanks({ ...toLines(first), ...others, source, ...toRefusals(answers) });
}

type FindFirst = (target: FieldTarget) => string | undefined;

function toLines(first: FindFirst): ProviderValues {
  return Object.fromEntries(listFieldsOfType('line').map((field) => [field, normalizeLine(first(field))]));
}

/** The parts of a name take precedence over the full name. */
function toName(first: FindFirst): Pick<ContactFields, 'givenName' | 'familyName'> {
  const whole = splitFullName(first('fullName'));
  return {
    givenName: normalizeName(first('givenName')) ?? whole.givenName,
    familyName: normalizeName(first('familyName')) ?? whole.familyName,
  };
}

function toAddress(first: FindFirst): PostalAddress | null {
  return normalizeAddress({
    street: first('street'),
    city: first('city'),
    region: first('region'),
    postalCode: first('postalCode'),
    country: first('country'),
  });
}

/** With several answers each gets its label, because an answer may be unclear without its question. */
function toNote(answers: Answer[]): string | null {
  const lines = answers.map(({ label, text }) => (answers.length === 1 ? text : `${label}: ${text}`));
  return lines.join('\n') || null;
}

function toRefusals(answers: Answer[]): { doNotContact?: DoNotContact } {
  const refused = new Set(answers.flatMap(({ doNotContact = [] }) => doNotContact));
  if (refused.size === 0) return {};
  return { doNotContact: { call: refused.has('call'), sms: refused.has('sms'), email: refused.has('email') } };
}

function withoutBlanks(values: ProviderValues): ProviderValues {
  const filled = Object.entries(values).filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0));
  return Object.fromEntries(filled);
}
