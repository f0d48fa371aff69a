import { isFieldName, type ProviderValues, valueNames } from '#domain/contact.ts';
import { isBlank, sameValue } from '#domain/equality.ts';
import { shapeNames } from '#domain/name-parts.ts';

/** Counts of one pass over a provider's records. */
export interface ReconcileCounts {
  /** The vendor's own count of records; null where it gives none. */
  total: number | null;
  listed: number;
  unchanged: number;
  drifted: number;
  /** Records that had no contact yet. */
  created: number;
  /** Writes to other providers by the pass itself. */
  pushed: number;
  /** Linked records that the listing lacks. */
  missing: number;
  failed: number;
  /** Listed records that could not be read. */
  unreadable: number;
  /** Linked records of the account at the end of the pass. */
  linked: number;
  /** Linked records that differed from their last known values, or were missing. */
  found: number;
  /** Of those, the ones that had not been read again successfully. */
  remaining: number;
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
  unreadable: 0,
  linked: 0,
  found: 0,
  remaining: 0,
};

/**
 * Whether a listing shows that a record differs from its shadow. Only the values that a row has are compared, because rows may be
 * incomplete, and texts of incomplete rows regardless of case, because some vendors list names in lower case.
 */
export function hasDrifted(row: ListedRecord, known: { shadow: ProviderValues | null; remoteUpdatedAt: Date | null }): boolean {
  if (known.shadow === null) return true;
  if (row.updatedAt !== null && known.remoteUpdatedAt !== null) {
    const age = Date.parse(row.updatedAt) - known.remoteUpdatedAt.getTime();
    // A listing that lags shows the record as it was before our last read.
    if (age !== 0) return age > 0;
  }
  const shadow = shapeNames(known.shadow, valueNames(row.values).filter(isFieldName));
  return valueNames(row.values).some((field) => !agrees(field, row, shadow));
}

export interface ListedRecord {
  updatedAt: string | null;
  complete: boolean;
  values: ProviderValues;
}

function agrees(field: keyof ProviderValues, row: ListedRecord, shadow: ProviderValues): boolean {
  const [listed, known] = [row.values[field], shadow[field]];
  if (!row.complete && isBlank(listed)) return true;
  if (typeof listed === 'string' && typeof known === 'string' && !row.complete)
    return listed.toLowerCase() === known.toLowerCase();
  return sameValue(field, listed, known);
}
