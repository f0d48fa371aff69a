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
