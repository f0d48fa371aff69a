import type { ProviderValues } from './contact.ts';
import { isBlank, sameValue } from './equality.ts';

/** Counts of one pass over a provider's records. */
export interface ReconcileCounts {
  /** What the vendor said it would list, if it did. */
  total: number | null;
  listed: number;
  unchanged: number;
  drifted: number;
  /** Records that had no contact yet. */
  created: number;
  /** Writes that the pass itself made at other providers. */
  pushed: number;
  /** Linked records that the listing did not show. */
  missing: number;
  failed: number;
}

export const noCounts: ReconcileCounts = {
  total: null,
  listed: 0,
  unchanged: 0,
  drifted: 0,
  created: 0,
  pushed: 0,
  missing: 0,
  failed: 0,
};

/**
 * Whether a listing shows that a record is not as it was last known. Listing rows may be incomplete and, at some vendors, spell
 * names in lower case: only what they do say is compared, and names without regard to case.
 */
export function hasDrifted(row: ListedRecord, known: { shadow: ProviderValues | null; remoteUpdatedAt: Date | null }): boolean {
  if (known.shadow === null) return true;
  if (row.updatedAt !== null && known.remoteUpdatedAt !== null) {
    const age = Date.parse(row.updatedAt) - known.remoteUpdatedAt.getTime();
    // A listing that lags shows the record as it was before our last look; that is no news.
    if (age !== 0) return age > 0;
  }
  return (Object.keys(row.values) as (keyof ProviderValues)[]).some(
    (field) => !agrees(field, row, known.shadow as ProviderValues),
  );
}

export interface ListedRecord {
  updatedAt: string | null;
  complete: boolean;
  values: ProviderValues;
}

/** More records vanished from one listing than people delete in a day: rather the listing is broken, so nothing is believed gone. */
export function isSuspiciousLoss(missing: number, linked: number): boolean {
  return missing > Math.max(5, linked * 0.02);
}

function agrees(field: keyof ProviderValues, row: ListedRecord, shadow: ProviderValues): boolean {
  const [listed, known] = [row.values[field], shadow[field]];
  if (!row.complete && isBlank(listed)) return true;
  if (typeof listed === 'string' && typeof known === 'string' && !row.complete)
    return listed.toLowerCase() === known.toLowerCase();
  return sameValue(field, listed, known);
}
