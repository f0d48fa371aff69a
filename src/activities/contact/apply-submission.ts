import { liftByPerson } from '#contacts/consent/lift-by-person.ts';
import { roleOf } from '#contacts/contact-deps.ts';
import type { ContactUnit } from '#contacts/contact-unit.ts';
import type { OpenLink } from '#db/contacts/links.ts';
import { saveSubmissionResult } from '#db/sync/submission-decisions.ts';
import { insertNote } from '#db/sync/submission-notes.ts';
import type { PendingChange } from '#db/sync/tables.ts';
import { type ContactFields, pickFields } from '#domain/contact.ts';
import { formEvent } from '#domain/delivery/form-event.ts';
import { sameValue } from '#domain/equality.ts';
import { appendEntry } from '#domain/note-entry.ts';
import type { Consent, ProviderRecord, Submission } from '#providers/provider.ts';
import { applyRecord, mergeInto } from './apply-record.ts';
import { requestConfirmation } from './request-confirmation.ts';

type SubmissionRecord = ProviderRecord & { submission: Submission };

/**
 * Merges a form submission, which is a record of its own that never changes: its link is detached afterwards. An unproven one makes a
 * new contact; to an existing contact it adds its message and the tags of the form, and everything else waits for proof. True when
 * the contact changed.
 */
export async function applySubmission(unit: ContactUnit, link: OpenLink, record: SubmissionRecord): Promise<boolean> {
  const { submission } = record;
  const isNew = unit.contact.revision === 0;
  // One that was held back for an erased person was observed, and went nowhere.
  const isFirst = link.observed_at === null || isNew;
  if (!isFirst && !submission.isAccepted) return false;
  const pending = submission.isUnproven && !isNew ? listChanges(unit, link, record) : null;
  if (submission.isUnproven && isNew) unit.leaveKeysUnproven();
  const before = unit.contact.fields;
  const isChanged = applyRecord(unit, link, pending === null ? record : withTagsOnly(record));
  if (pending === null && submission.isProven && record.consent) await liftListed(unit, link, record.consent, before);
  unit.changeLink(link, { state: 'detached' });
  const waits = pending !== null && pending.length > 0;
  const at = unit.deps.now();
  await saveSubmissionResult(unit.tx, record.externalId, { pending: waits ? pending : null, at });
  if (waits && submission.confirmation) await requestConfirmation(unit, record, submission.confirmation);
  if (isFirst) await passOn(unit, link, record, waits);
  return isChanged;
}

/** A permission with proof also takes the person's own number off the suppression list. */
async function liftListed(
  unit: ContactUnit,
  { id: linkId, provider: actor }: OpenLink,
  { grants, evidence: { words, ...details } }: Consent,
  before: ContactFields,
): Promise<void> {
  await liftByPerson(unit, { channels: grants, before, actor, linkId, wording: words ?? null, details });
}

/** The form defines its tags, and visitors only choose among them. */
function withTagsOnly({ consent: _, ...record }: SubmissionRecord): ProviderRecord {
  return { ...record, values: pickFields(record.values, ['tags']) };
}

function listChanges(unit: ContactUnit, link: OpenLink, record: SubmissionRecord): PendingChange[] {
  const { changes } = mergeInto(unit, link, record);
  const others = changes.filter(({ field, before, after }) => field !== 'tags' && !sameValue(field, before, after));
  return others.map(({ field, before, after }) => ({ field, before, after }));
}

/** Hands the submission to the vendors as a note, and to subscribers as an event. */
async function passOn(unit: ContactUnit, link: OpenLink, record: SubmissionRecord, isPending: boolean): Promise<void> {
  const { submission, externalId, consent = null } = record;
  const { deps, contact } = unit;
  if (submission.message !== null) {
    const targets = [...deps.providers.values()].filter(({ provider }) => roleOf(deps, provider.id) !== null);
    for (const { provider } of targets.filter((target) => target.provider.hasNotes)) {
      const body = `${toEntry(submission, submission.message)}\n\nRef. ${externalId}`;
      await insertNote(unit.tx, { submissionId: externalId, provider: provider.id, contactId: contact.id, body });
    }
    const needsField = targets.some(({ provider }) => !provider.hasNotes && provider.fields.includes('note'));
    if (needsField) appendToNote(unit, link, record, toEntry(submission, submission.message));
  }
  unit.addEvent(externalId, (after) => formEvent({ id: externalId, ...submission, consent, isPending, after }));
}

/** With the date and the form, because a vendor's note holds the messages of years. */
function toEntry({ title, page, submittedAt }: Submission, message: string): string {
  const heading = `${submittedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC, ${title}`;
  return `${heading}:\n${message}${page === null ? '' : `\n(${page})`}`;
}

function appendToNote(unit: ContactUnit, { id: linkId }: OpenLink, { updatedAt }: SubmissionRecord, entry: string): void {
  const { fields, provenance } = unit.contact;
  const note = appendEntry(fields.note, entry);
  if (note === fields.note) return;
  const changedAt = unit.deps.now().toISOString();
  const source = { provider: 'webform', changedAt, ...(updatedAt !== null && { updatedAt }) };
  unit.changeContact({ fields: { ...fields, note }, provenance: { ...provenance, note: source } });
  const change = { field: 'note', before: fields.note, after: note };
  unit.addHistory({ kind: 'changed', actor: 'webform', provider: 'webform', linkId, ...change });
}
