import type { JSONColumnType } from 'kysely';
import type { DefaultNow } from '#db/columns.ts';
import type { RefusalChannel } from '#domain/refusal.ts';

/** A number or mailbox that nobody may be contacted at by one channel, whether or not a contact has it. */
export interface SuppressionTable {
  id: string;
  channel: RefusalChannel;
  kind: 'email' | 'phone';
  /** As in `refused_key`. */
  value: string;
  source: 'operator' | 'import';
  /** `api-key:<name>`. */
  actor: string;
  reason: string | null;
  created_at: DefaultNow;
}

/** Where a refusal or its lift came from: a vendor's record, a form, a person in Accord, or a file. */
export type EvidenceSource = 'account' | 'form' | 'operator' | 'import';

/** Rows are only added. A split or merge moves them with their contact or record. */
export interface ConsentEvidenceTable {
  id: string;
  at: DefaultNow;
  /** Null for an entry of the suppression list. */
  contact_id: string | null;
  /** The record that the refusal was read from. */
  link_id: string | null;
  channel: RefusalChannel;
  decision: 'denied' | 'lifted';
  source: EvidenceSource;
  /** A provider's id, or `api-key:<name>`. */
  actor: string;
  /** Of an entry of the suppression list. */
  kind: 'email' | 'phone' | null;
  value: string | null;
  reason: string | null;
  /** The words that the person read or said. */
  wording: string | null;
  /** Where and how, such as the page of a form. */
  details: JSONColumnType<Record<string, string>, string | undefined, string>;
}
