import type { z } from 'zod';
import { toFullName } from '#api/contacts/show-name.ts';
import type { ConfirmationColumns, SubmissionRow } from '#db/sync/submission-decisions.ts';
import type { ConfirmationRefusal } from '#db/sync/tables.ts';
import { emptyFields } from '#domain/contact.ts';
import type { confirmation, states } from './submission-schemas.ts';

export function toConsents(evidence: Record<string, string>): { field: string; words: string; channels: string[] }[] {
  return Object.entries(evidence).flatMap(([key, words]) => {
    const [, field] = /^words\.(.+)$/.exec(key) ?? [];
    return field === undefined ? [] : [{ field, words, channels: evidence[`grants.${field}`]?.split(' ') ?? [] }];
  });
}

export function toSummary(row: SubmissionRow) {
  const { id, form, received_at, contact_id: contactId, contact_fields: fields, evidence, message } = row;
  const contactName = fields === null ? null : toFullName({ ...emptyFields, ...fields });
  const proof = evidence.proof === 'signature' ? ('signature' as const) : ('origin' as const);
  const shownConfirmation = row.confirmation === null ? null : toConfirmation(row, row.confirmation);
  return {
    ...{ id, form, receivedAt: received_at.toISOString(), contactId, contactName, proof, state: stateOf(row), message },
    confirmation: shownConfirmation,
  };
}

const reasons: Record<ConfirmationRefusal, string> = {
  'unknown-address': 'The submission names no address that the contact has and that proves a person.',
  'address-limit': 'The address got as many of these emails in 24 hours as confirmation.perAddress allows.',
  'sender-limit': 'The sender caused as many of these emails in 24 hours as confirmation.perSender allows.',
};

function toConfirmation(row: SubmissionRow, columns: ConfirmationColumns): z.input<typeof confirmation> {
  const { requested_at, sent_at, confirmed_at, refusal, error } = columns;
  const toTime = (text: string | null) => (text === null ? null : new Date(text).toISOString());
  return {
    ...{ state: confirmationStateOf(row, columns), requestedAt: new Date(requested_at).toISOString() },
    ...{ sentAt: toTime(sent_at), confirmedAt: toTime(confirmed_at), reason: refusal === null ? error : reasons[refusal] },
  };
}

function confirmationStateOf(
  { accepted_at }: SubmissionRow,
  { confirmed_at, refusal, failed_at, sent_at, days }: ConfirmationColumns,
): z.input<typeof confirmation>['state'] {
  if (confirmed_at !== null) return 'confirmed';
  if (accepted_at !== null) return 'superseded';
  if (refusal !== null) return 'not-sent';
  if (failed_at !== null) return 'failed';
  if (sent_at === null) return 'queued';
  return Date.now() > new Date(sent_at).getTime() + days * 86_400_000 ? 'expired' : 'awaiting';
}

function stateOf({ pending, accepted_at, observed_at }: SubmissionRow): (typeof states)[number] {
  if (pending !== null) return accepted_at === null ? 'waiting' : 'accepted';
  return observed_at === null ? 'queued' : 'merged';
}

export function toPendingChange({ field, before, after }: { field: string; before: unknown; after: unknown }) {
  return { field, before, after };
}
