import type { ActivityDeps } from '#activities/deps.ts';
import { isPermanent } from '#activities/failures.ts';
import { saveLinkError } from '#db/contacts/links.ts';
import { ProviderError } from '#providers/errors.ts';

/** Saves a provider's last error with the link, for `GET /sync/contacts/:id`. Ignores errors that are not a provider's. */
export async function saveProviderError({ db, now }: ActivityDeps, linkId: string, error: unknown): Promise<void> {
  if (!(error instanceof ProviderError)) return;
  const { name: type, operation, message, status, traceId } = error;
  await saveLinkError(db, linkId, {
    type,
    operation,
    message,
    status,
    traceId,
    permanent: isPermanent(error),
    at: now().toISOString(),
  });
}
