import type { DefaultNow, Timestamp } from '#db/columns.ts';
import type { AskReason } from '#domain/deletes/plan-deletes.ts';

/**
 * `open`: a person decides. `approved`: Accord deletes the record. `deleted`, `archived`: that is done. `kept`: a person kept the record.
 * `restored`: a person had the lost record created again. `withdrawn`: it ended by itself, as the lost record is back, or the other one
 * is gone, too. `undone`: the deleted record was created again.
 */
export const deleteStates = ['open', 'approved', 'deleted', 'archived', 'kept', 'restored', 'withdrawn', 'undone'] as const;

export type DeleteState = (typeof deleteStates)[number];

/** A request about one record, after another account has lost its record of the person. Rows hold no personal data. */
export interface DeleteRequestTable {
  id: string;
  /** The account that lost its record, and the link to it. */
  source: string;
  source_link_id: string;
  /** The account whose record is concerned, and the link to it. */
  provider: string;
  link_id: string;
  state: DeleteState;
  because: AskReason;
  /** The vendor's event that told of the deletion; null when a read found it. */
  event: string | null;
  /** The first read that did not find the lost record. */
  missing_since: Timestamp;
  /** A digest of the values that an approval was about: with other values, it is asked again. */
  seen: string | null;
  created_at: DefaultNow;
  /** `api-key:<name>`, or `accord` for the settings. */
  decided_by: string | null;
  decided_at: Timestamp | null;
  ended_at: Timestamp | null;
}
