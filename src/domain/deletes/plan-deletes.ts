import { type DeleteRules, policyFor } from './delete-policy.ts';

/** A record that its vendor no longer has, proved by a read by id. */
export interface DeletedRecord {
  provider: string;
  /** The first read that did not find it, in milliseconds. */
  missingSince: number;
  /** The person has another record in the same account: somebody has deleted a double. */
  hasOther: boolean;
}

/** A record of the same person at another account. */
export interface RemainingRecord {
  linkId: string;
  provider: string;
  /** The account may be written to for this person. */
  isLive: boolean;
  /** When a read last showed that somebody had edited it, in milliseconds; null when nobody has. */
  editedAt: number | null;
}

/** Deletions at the account of the deleted record. */
export interface DeleteRate {
  /** Within the last hour, this one included. */
  recent: number;
  /** Linked records of the account. */
  linked: number;
}

/**
 * Why a person is asked. `policy`: the settings say so. `many`: too many records were deleted within an hour. `edited`: somebody edited
 * the other record since. `not-live`: its account is not written to.
 */
export const askReasons = ['policy', 'many', 'edited', 'not-live'] as const;

export type AskReason = (typeof askReasons)[number];

export type PlannedDelete = { linkId: string } & (
  | { step: 'archive' | 'delete'; because: 'policy' }
  | { step: 'ask'; because: AskReason }
);

/** The consequences for the other records of a person. Records that are left alone are not in the plan. */
export function planDeletes(
  rules: DeleteRules,
  deleted: DeletedRecord,
  others: readonly RemainingRecord[],
  rate: DeleteRate,
): PlannedDelete[] {
  if (deleted.hasOther) return [];
  return others.flatMap((other): PlannedDelete[] => {
    const { linkId } = other;
    const policy = policyFor(rules, deleted.provider, other.provider);
    if (policy === 'ignore') return [];
    if (policy === 'archive') return [{ linkId, step: 'archive', because: 'policy' }];
    const because = policy === 'ask' ? 'policy' : findDoubt(rules, deleted, other, rate);
    return because === null ? [{ linkId, step: 'delete', because: 'policy' }] : [{ linkId, step: 'ask', because }];
  });
}

/** Why a record that the settings would delete is asked about first; null when there is no doubt. */
function findDoubt(
  { maxPerHour }: DeleteRules,
  { missingSince }: DeletedRecord,
  { isLive, editedAt }: RemainingRecord,
  { recent, linked }: DeleteRate,
): AskReason | null {
  if (!isLive) return 'not-live';
  // Of a deletion and a later edit elsewhere, the edit wins.
  if (editedAt !== null && editedAt >= missingSince) return 'edited';
  return recent > Math.min(maxPerHour, usualLoss(linked)) ? 'many' : null;
}

/** The most records that an account loses in a day without anybody wondering: 2 %, or a few in a small account. */
export function usualLoss(linked: number): number {
  return Math.max(5, linked * 0.02);
}
