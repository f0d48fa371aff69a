import type { Clock } from '#sandbox/core/clock.ts';
import { errorInfo, GoogleError } from '#sandbox/google/google-error.ts';
import type { GoogleSettings } from '#sandbox/google/settings.ts';

/** The units that a call draws from each bucket. Google docs, "Read and Manage Contacts": quota. */
export type Cost = Partial<Record<Bucket, number>>;
type Bucket = keyof typeof minuteBuckets | 'dailyContactWrites';

/** The names in the 429. The first two are from a live capture; the others follow their pattern. */
const minuteBuckets = {
  criticalReads: { setting: 'criticalReadsPerMinute', metric: 'Critical read requests', limit: 'CriticalReads' },
  criticalWrites: { setting: 'criticalWritesPerMinute', metric: 'Critical write requests', limit: 'CriticalWrites' },
  writeRequests: { setting: 'writeRequestsPerMinute', metric: 'Write requests', limit: 'Writes' },
  groupReads: { setting: 'groupReadsPerMinute', metric: 'Contact group read requests', limit: 'ContactGroupReads' },
  fullSyncs: { setting: 'fullSyncsPerMinute', metric: 'Full sync requests', limit: 'FullSyncs' },
} as const;

export const singleWrite: Cost = { criticalReads: 1, criticalWrites: 1, dailyContactWrites: 1 };
/** Google docs: the cost does not depend on the size of the batch. */
export const batchWrite: Cost = { criticalReads: 6, criticalWrites: 6, dailyContactWrites: 200 };

export interface Quota {
  /** Draws all units, or throws the 429 and draws none. */
  spend(cost: Cost): void;
}

/** Fixed windows of a minute or a day, which start with their first call. */
export function createQuota(clock: Clock, settings: () => GoogleSettings): Quota {
  const windows = new Map<Bucket, { startedAt: number; used: number }>();

  function window(bucket: Bucket) {
    const lengthMs = bucket === 'dailyContactWrites' ? 86_400_000 : 60_000;
    const open = windows.get(bucket);
    if (open && clock.now() < open.startedAt + lengthMs) return open;
    const next = { startedAt: clock.now(), used: 0 };
    windows.set(bucket, next);
    return next;
  }

  function limitOf(bucket: Bucket): number {
    return bucket === 'dailyContactWrites' ? settings().dailyContactWrites : settings()[minuteBuckets[bucket].setting];
  }

  return {
    spend(cost) {
      const draws = Object.keys(cost).filter(isBucket);
      const isExhausted = (bucket: Bucket) => window(bucket).used + (cost[bucket] ?? 0) > limitOf(bucket);
      const empty = draws.find(isExhausted);
      if (empty) throw exhausted(empty);
      for (const bucket of draws) window(bucket).used += cost[bucket] ?? 0;
    },
  };
}

function isBucket(name: string): name is Bucket {
  return name === 'dailyContactWrites' || Object.hasOwn(minuteBuckets, name);
}

/** Both formats are from live captures by integrators. Neither has a `Retry-After`. */
function exhausted(bucket: Bucket): GoogleError {
  return bucket === 'dailyContactWrites' ? storageExhausted() : minuteExhausted(minuteBuckets[bucket]);
}

function minuteExhausted({ metric, limit }: { metric: string; limit: string }): GoogleError {
  const message =
    `Quota exceeded for quota metric '${metric}' and limit '${metric} per minute per user' of service ` +
    "'people.googleapis.com' for consumer 'project_number:000000000000'.";
  const info = errorInfo('RATE_LIMIT_EXCEEDED', 'googleapis.com', {
    service: 'people.googleapis.com',
    consumer: 'projects/000000000000',
    quota_metric: `people.googleapis.com/${metric.toLowerCase().replaceAll(' ', '_')}`,
    quota_limit: `${limit}PerMinutePerProjectPerUser`,
  });
  return new GoogleError('RESOURCE_EXHAUSTED', message, { details: [info] });
}

function storageExhausted(): GoogleError {
  const violations = [{ subject: 'QUOTA_EXCEEDED', description: 'FBS quota limit exceeded' }];
  const failure = { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations };
  return new GoogleError('RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).', { details: [failure] });
}
