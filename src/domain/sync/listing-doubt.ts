import { usualLoss } from '#domain/deletes/plan-deletes.ts';

/**
 * The reason why a listing is no evidence of deletions. `empty`: it has no record at all. `incomplete`: it has fewer records than the
 * vendor counts. `loss`: it lacks more records than people delete in a day.
 */
export const listingDoubts = ['empty', 'incomplete', 'loss'] as const;

export type ListingDoubt = (typeof listingDoubts)[number];

export interface Listing {
  /** The vendor's own count of records; null where it gives none. */
  total: number | null;
  listed: number;
  /** Linked records that the listing lacks. */
  missing: number;
  /** Linked records of the account. */
  linked: number;
}

/** Null when the listing can be trusted. */
export function findListingDoubt({ total, listed, missing, linked }: Listing): ListingDoubt | null {
  if (missing === 0) return null;
  if (listed === 0) return 'empty';
  // Records that appear while the pages are read are counted by the vendor and listed by nobody.
  if (total !== null && listed < total - usualLoss(total)) return 'incomplete';
  return missing > usualLoss(linked) ? 'loss' : null;
}
