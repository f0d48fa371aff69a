import type { OpenLink } from '#db/contacts/links.ts';
import { sameValues } from '#domain/equality.ts';
import type { ProviderRecord } from '#providers/provider.ts';
import { lagMs } from './apply-record.ts';

/**
 * Milliseconds until this read may be trusted; null when it may be trusted now. A read is stale when it comes from a copy that lags:
 * its version or timestamp is older than the known one, or, where these are missing or equal, it shows values that the record held a
 * moment ago. After the longest lag every read is trusted: a restored old value is only delayed.
 */
export function staleReadDelayMs(record: ProviderRecord, link: OpenLink, now: Date): number | null {
  const knownAt = Math.max(link.observed_at?.getTime() ?? 0, link.pushed_at?.getTime() ?? 0);
  const ahead = versionsAhead(record, link) || millisecondsAhead(record, link);
  if (ahead !== 0) return ahead < 0 && now.getTime() - knownAt < lagMs ? lagRetryMs : null;
  if (link.shadow === null || sameValues({ ...link.shadow, ...record.values }, link.shadow)) return null;
  const past = link.recent.findLast(({ values }) => sameValues({ ...values, ...record.values }, values));
  const believedAt = past ? Date.parse(past.until) + lagMs : 0;
  return believedAt > now.getTime() ? believedAt - now.getTime() : null;
}

/** 0 where versions do not count upwards. Equal ones prove nothing: Square's stays when a custom attribute or a group changes. */
function versionsAhead({ version }: ProviderRecord, { version: known }: OpenLink): number {
  return isCount(version) && isCount(known) ? Number(BigInt(version) - BigInt(known)) : 0;
}

function isCount(version: string | null): version is string {
  return version !== null && /^\d{1,18}$/.test(version);
}

/** 0 where one is missing. Equal timestamps prove nothing: a coarse clock gives two changes the same one. */
function millisecondsAhead({ updatedAt }: ProviderRecord, { remote_updated_at: knownAt }: OpenLink): number {
  return updatedAt === null || knownAt === null ? 0 : Date.parse(updatedAt) - knownAt.getTime();
}

/** A lagging copy has usually caught up by then. */
const lagRetryMs = 5_000;
