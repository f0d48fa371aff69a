import type { OpenLink } from '#db/contacts/links.ts';
import { sameValues } from '#domain/equality.ts';
import type { ProviderRecord } from '#providers/provider.ts';
import { lagMs } from './apply-record.ts';

/**
 * Milliseconds until this read may be trusted; null when it may be trusted now. A read is stale when it comes from a copy that lags:
 * its timestamp is older than the known one, or, where timestamps are missing or equal, it shows values that the record held a
 * moment ago. After the longest lag every read is trusted: a restored old value is only delayed.
 */
export function staleReadDelayMs(record: ProviderRecord, link: OpenLink, now: Date): number | null {
  const knownAt = Math.max(link.observed_at?.getTime() ?? 0, link.pushed_at?.getTime() ?? 0);
  if (record.updatedAt !== null && link.remote_updated_at !== null) {
    const aheadMs = Date.parse(record.updatedAt) - link.remote_updated_at.getTime();
    // Equal timestamps prove nothing: a coarse clock gives two changes the same one.
    if (aheadMs !== 0) return aheadMs < 0 && now.getTime() - knownAt < lagMs ? lagRetryMs : null;
  }
  if (link.shadow === null || sameValues({ ...link.shadow, ...record.values }, link.shadow)) return null;
  const past = link.recent.findLast(({ values }) => sameValues({ ...values, ...record.values }, values));
  const believedAt = past ? Date.parse(past.until) + lagMs : 0;
  return believedAt > now.getTime() ? believedAt - now.getTime() : null;
}

/** A lagging copy has usually caught up by then. */
const lagRetryMs = 5_000;
