import type { OpenLink } from '#db/contacts/links.ts';
import type { ProviderRecord } from '#providers/provider.ts';
import { lagMs, sameValues } from './apply-record.ts';

/**
 * How long to wait before this read is believed, or null when it may be now. A record older than what we know was read from a
 * copy that lags; without any clock, or within one tick of a coarse one, so may be one that shows what was there a moment ago. Longer than a copy may lag, nothing
 * is doubted: a person who really put it back is heard a little later.
 */
export function staleReadDelayMs(record: ProviderRecord, link: OpenLink, now: Date): number | null {
  const knownAt = Math.max(link.observed_at?.getTime() ?? 0, link.pushed_at?.getTime() ?? 0);
  if (record.updatedAt !== null && link.remote_updated_at !== null) {
    const aheadMs = Date.parse(record.updatedAt) - link.remote_updated_at.getTime();
    if (aheadMs !== 0) return aheadMs < 0 && now.getTime() - knownAt < lagMs ? lagRetryMs : null;
  }
  if (link.shadow === null || sameValues({ ...link.shadow, ...record.values }, link.shadow)) return null;
  const past = link.recent.findLast(({ values }) => sameValues({ ...values, ...record.values }, values));
  const believedAt = past ? Date.parse(past.until) + lagMs : 0;
  return believedAt > now.getTime() ? believedAt - now.getTime() : null;
}

/** A lagging copy has usually caught up by then. */
const lagRetryMs = 5_000;
