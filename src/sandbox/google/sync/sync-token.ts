import { z } from 'zod';
import type { Clock } from '#sandbox/core/clock.ts';
import { errorInfo, GoogleError } from '#sandbox/google/google-error.ts';
import type { GoogleSettings } from '#sandbox/google/settings.ts';

/** The content of a sync token. */
export const syncPoint = z.object({
  /** The last change that the client has seen. */
  sequence: z.number(),
  /** Milliseconds. */
  fullSyncAt: z.number(),
  issuedAt: z.number(),
});
export type SyncPoint = z.output<typeof syncPoint>;

const dayMs = 86_400_000;

/** Google docs (connections.list): a sync token expires 7 days after the full sync. */
export function checkAge({ fullSyncAt, issuedAt }: Omit<SyncPoint, 'sequence'>, clock: Clock, settings: GoogleSettings): void {
  const bornAt = settings.syncTokenAge === 'fullSync' ? fullSyncAt : issuedAt;
  if (clock.now() >= bornAt + settings.syncTokenDays * dayMs) throw expired(settings.expiredSyncToken);
}

/** The reason is documented. Integrators report different statuses, messages and details: `expiredSyncToken` selects one. */
function expired(form: GoogleSettings['expiredSyncToken']): GoogleError {
  const message = 'Sync token is expired. Clear local cache and retry call without the sync token.';
  const details = form === 'messageOnly' ? [] : [errorInfo('EXPIRED_SYNC_TOKEN', 'people.googleapis.com')];
  const status = form === 'invalidArgument' ? 'INVALID_ARGUMENT' : 'FAILED_PRECONDITION';
  return new GoogleError(status, message, { details, http: form === 'gone' ? 410 : 400 });
}
