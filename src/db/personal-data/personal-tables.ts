import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { RecordPatch } from '#domain/contact.ts';
import type { Person } from './find-person.ts';

/** A table with personal data: the one place that says how a person's rows are found, shown and erased. */
export interface PersonalTable {
  table: string;
  /** Its content about a person, for docs/privacy.md. */
  holds: string;
  /** How long a row stays by itself. In docs/privacy.md. */
  kept: string;
  /** The condition of the person's rows. The table is called `row`. */
  ofPerson(person: Person): RawBuilder<SqlBool>;
  /** The row as an export shows it. Default: all of its columns. */
  shown?: RawBuilder<unknown>;
  erasure: RowErasure;
}

export type RowErasure =
  /** Rows are deleted at once. */
  | { kind: 'deleted' }
  /** Rows are needed to delete the records at the vendors, and deleted afterwards. `meanwhile`: the columns that are emptied at once. */
  | { kind: 'deleted-last'; meanwhile?: RawBuilder<unknown> }
  /** Rows stay, emptied by these assignments. The columns that keep a value have none of the person. */
  | { kind: 'emptied'; set: RawBuilder<unknown>; keeps: readonly string[] }
  /** Rows in which nobody can find a person's. They end within two days. */
  | { kind: 'expires' };

const any = (column: string, ids: readonly string[]) => sql<SqlBool>`${sql.ref(`row.${column}`)} = any(${ids}::uuid[])`;
const either = (...conditions: RawBuilder<SqlBool>[]) => sql<SqlBool>`(${sql.join(conditions, sql` or `)})`;

/** Numbers and addresses that only the person has: one of somebody else, too, stays refused. */
const onlyOf = ({ contactIds }: Person) => sql<SqlBool>`(
  exists (select from match_key as own where own.kind = row.kind and own.value = row.value and own.contact_id = any(${contactIds}::uuid[]))
  and not exists (
    select from match_key as other where other.kind = row.kind and other.value = row.value and other.contact_id <> all(${contactIds}::uuid[])
  ))`;

/** Rows of imported files that name the person: recognised as the contact, or with one of its emails or numbers. */
const isImportedRow = (row: string, { contactIds }: Person) => sql<SqlBool>`(
  ${sql.ref(`${row}.contact_id`)} = any(${contactIds}::uuid[]) or ${sql.ref(`${row}.named_id`)} = any(${contactIds}::uuid[])
  or exists (
    select from import_key as own join match_key on own.key = match_key.kind || '/' || match_key.value
    where own.import_id = ${sql.ref(`${row}.import_id`)} and own.number = ${sql.ref(`${row}.number`)}
      and match_key.kind in ('email', 'phone') and match_key.contact_id = any(${contactIds}::uuid[])
  )
)`;

const emptyPatch: RecordPatch = { set: {}, addTags: [], removeTags: [], addLists: [], removeLists: [] };
const deleted = { kind: 'deleted' } as const;
const withContact = 'as long as the contact';

/** In the order in which rows are deleted: those that refer to others come first. */
export const personalTables: readonly PersonalTable[] = [
  {
    table: 'webhook_attempt',
    holds: 'what a subscriber answered to a delivery',
    kept: '30 days (`webhooks.retentionDays.attempts`)',
    ofPerson: ({ deliveryIds }) => any('delivery_id', deliveryIds),
    erasure: deleted,
  },
  {
    table: 'webhook_delivery',
    holds: 'which subscriber got which event',
    kept: '30 days (`payloads`), a dead letter 90 days (`dead`)',
    ofPerson: ({ contactIds }) => any('contact_id', contactIds),
    erasure: deleted,
  },
  {
    table: 'outbox_event',
    holds: 'events with the values of the contact, as subscribers get them',
    kept: '30 days (`payloads`)',
    ofPerson: ({ eventIds }) => any('id', eventIds),
    shown: sql`to_jsonb(row) || jsonb_build_object('body', convert_from(row.body, 'UTF8'),
      'body_with_previous', convert_from(row.body_with_previous, 'UTF8'))`,
    erasure: deleted,
  },
  {
    table: 'confirmation_token',
    holds: 'hashes of confirmation links',
    kept: 'until the link is used or expires',
    ofPerson: ({ submissionIds }) => any('submission_id', submissionIds),
    shown: sql`to_jsonb(row) - 'hash'`,
    erasure: deleted,
  },
  {
    table: 'submission_confirmation',
    holds: 'the address that a confirmation was sent to',
    kept: 'as long as the submission',
    ofPerson: ({ submissionIds }) => any('submission_id', submissionIds),
    erasure: deleted,
  },
  {
    table: 'submission_note',
    holds: 'messages of forms, on their way to the notes of vendors',
    kept: 'as long as the submission',
    ofPerson: ({ contactIds, submissionIds }) => either(any('contact_id', contactIds), any('submission_id', submissionIds)),
    erasure: deleted,
  },
  {
    table: 'form_submission',
    holds: 'what a visitor typed into a form, with the proof of consent',
    kept: '730 days (`retentionDays.submissions`), until somebody has decided',
    ofPerson: ({ submissionIds }) => any('id', submissionIds),
    shown: sql`to_jsonb(row) - 'signature'`,
    erasure: deleted,
  },
  {
    table: 'import_row',
    holds: 'rows of imported files, until they are imported or a person has looked at their problems',
    kept: '7 days (`imports`); those without problems until they are imported',
    ofPerson: (person) => isImportedRow('row', person),
    erasure: deleted,
  },
  {
    table: 'import_key',
    holds: 'emails and phone numbers of rows of imported files',
    kept: 'until the rows are imported',
    ofPerson: ({ contactIds }) => sql<SqlBool>`(
      row.key in (select kind || '/' || value from match_key where contact_id = any(${contactIds}::uuid[]))
      or not exists (select from import_row as own where own.import_id = row.import_id and own.number = row.number)
    )`,
    erasure: deleted,
  },
  {
    table: 'import_part',
    holds: 'pieces of files that are about to be imported',
    kept: 'until the file is read, seconds after it is complete; a day without that',
    ofPerson: () => sql<SqlBool>`false`,
    erasure: { kind: 'expires' },
  },
  {
    table: 'inbox_event',
    holds: 'webhooks of vendors, bodies included',
    kept: '30 days (`webhooks`); the body goes a day after its record was read',
    ofPerson: ({ linkIds }) => any('link_id', linkIds),
    erasure: deleted,
  },
  {
    table: 'contact_history',
    holds: 'every change, with the values before and after it; proofs of consent',
    kept: '1,095 days (`history`); proofs of consent as long as the contact',
    ofPerson: ({ contactIds, formerIds, linkIds }) =>
      either(any('contact_id', contactIds), sql<SqlBool>`(${any('contact_id', formerIds)} and ${any('link_id', linkIds)})`),
    erasure: deleted,
  },
  {
    table: 'contact_merge',
    holds: 'both sides of a merge, for an undo',
    kept: withContact,
    ofPerson: ({ contactIds }) => either(any('survivor_id', contactIds), any('other_id', contactIds)),
    erasure: deleted,
  },
  {
    table: 'match_candidate',
    holds: 'what speaks for two contacts being one person, and the decision',
    kept: withContact,
    ofPerson: ({ contactIds }) => either(any('contact_id', contactIds), any('other_contact_id', contactIds)),
    erasure: deleted,
  },
  {
    table: 'consent_evidence',
    holds: 'who refused, or lifted a refusal, where, when and in which words',
    kept: 'as long as the contact; of a number on the suppression list, always',
    ofPerson: (person) => either(any('contact_id', person.contactIds), any('link_id', person.linkIds), onlyOf(person)),
    erasure: deleted,
  },
  {
    table: 'suppression',
    holds: 'emails and phone numbers that nobody is contacted at',
    kept: 'until somebody lifts the entry',
    ofPerson: onlyOf,
    erasure: deleted,
  },
  {
    table: 'match_key',
    holds: 'values by which a contact is found for comparison',
    kept: withContact,
    ofPerson: ({ contactIds }) => any('contact_id', contactIds),
    erasure: deleted,
  },
  {
    table: 'identity_key',
    holds: 'emails and phone numbers that identify the person',
    kept: withContact,
    ofPerson: ({ contactIds }) => any('contact_id', contactIds),
    erasure: deleted,
  },
  {
    table: 'refused_key',
    holds: 'emails and phone numbers that the person refused to be reached at',
    kept: withContact,
    ofPerson: ({ contactIds }) => any('contact_id', contactIds),
    erasure: deleted,
  },
  {
    table: 'contact_search',
    holds: 'the text that the contact is found by',
    kept: withContact,
    ofPerson: ({ contactIds }) => any('contact_id', contactIds),
    erasure: deleted,
  },
  {
    table: 'canary_contact',
    holds: 'that a canary may write to the contact',
    kept: 'until the account goes live',
    ofPerson: ({ contactIds }) => any('contact_id', contactIds),
    erasure: deleted,
  },
  {
    table: 'delete_request',
    holds: 'that the person was deleted at a vendor, and what was decided about the other records',
    kept: '365 days (`deletes`) after it has ended; of an archived record, as long as it is archived',
    ofPerson: ({ linkIds }) => either(any('link_id', linkIds), any('source_link_id', linkIds)),
    erasure: deleted,
  },
  {
    table: 'write_attempt',
    holds: 'what was written to vendors, and the values before it',
    kept: '30 days (`writes`) after it has ended',
    ofPerson: ({ linkIds }) => any('link_id', linkIds),
    // Attempts that are open say that a record may still appear.
    erasure: { kind: 'deleted-last', meanwhile: sql`before = null, undo = null, patch = ${JSON.stringify(emptyPatch)}` },
  },
  {
    table: 'link_alias',
    holds: 'former ids of records at vendors',
    kept: withContact,
    ofPerson: ({ linkIds }) => any('link_id', linkIds),
    erasure: { kind: 'deleted-last' },
  },
  {
    table: 'link',
    holds: 'ids of records at vendors, and the values that these were last known to hold',
    kept: withContact,
    ofPerson: ({ linkIds }) => any('id', linkIds),
    erasure: {
      kind: 'deleted-last',
      // The record of a create that may be under way is found by its payload.
      meanwhile: sql`shadow = null, echo_pairs = '{}', recent = '[]', held = '{}',
        intent_payload = case when state = 'intent' then intent_payload end`,
    },
  },
  {
    table: 'audit_log',
    holds: 'who did what about the contact',
    kept: '1,095 days (`audit`)',
    ofPerson: ({ contactIds, submissionIds }) => sql<SqlBool>`row.target = any(${[...contactIds, ...submissionIds]}::text[])`,
    erasure: { kind: 'emptied', set: sql`details = '{}'`, keeps: ['id', 'at', 'actor', 'action', 'target'] },
  },
  {
    table: 'contact',
    holds: 'the values of the contact, and where each came from',
    kept: 'until the person is erased',
    ofPerson: ({ contactIds }) => any('id', contactIds),
    erasure: {
      kind: 'emptied',
      set: sql`fields = '{}', provenance = '{}', is_customer = false, held_refusals = '{}', sync_status = 'synced',
        has_match_keys = true, is_review_due = false, deleted_at = coalesce(deleted_at, now()), updated_at = now()`,
      keeps: [
        ...['id', 'revision', 'merged_into', 'erasure_id', 'created_at', 'updated_at', 'deleted_at'],
        ...['sync_status', 'has_match_keys', 'is_review_due'],
      ],
    },
  },
  {
    table: 'idempotency_key',
    holds: 'answers to requests with an `Idempotency-Key`, encrypted if `ACCORD_ENCRYPTION_KEY` is set',
    kept: '2 days',
    ofPerson: () => sql<SqlBool>`false`,
    erasure: { kind: 'expires' },
  },
];
