import { saveProviderError } from '#activities/contact/save-provider-error.ts';
import type { ActivityDeps, ConnectedProvider } from '#activities/deps.ts';
import { roleOf } from '#contacts/contact-deps.ts';
import { claimLink, type Link, listLinksByExternalIds } from '#db/contacts/links.ts';
import { priorities } from '#domain/sync/priority.ts';
import type { UnreadableRecordError } from '#providers/errors.ts';

/**
 * Reports the rows of a page that could not be read: one log line and an error at their contact, whose workflow reads the record
 * by id. That read syncs the contact where only the listing is odd, and parks the lane where the record is. Returns their links.
 */
export async function reportUnreadable(
  deps: ActivityDeps,
  connected: ConnectedProvider,
  unreadable: readonly UnreadableRecordError[],
): Promise<Link[]> {
  const links = new Map<string, Link>();
  for (const error of unreadable) {
    logOnce(deps, error);
    const link = await findLink(deps, connected, error);
    if (!link || links.has(link.id)) continue;
    links.set(link.id, link);
    await saveProviderError(deps, link.id, error);
    const observe = [{ linkId: link.id, provider: link.provider }];
    await deps.signalContact(link.contact_id, { observe, push: [], priority: priorities.bulk });
  }
  return [...links.values()];
}

/** Claims a link for a record without one, so that the record is shown. An audience target's own records have none. */
async function findLink(
  deps: ActivityDeps,
  { provider, client: { accountId } }: ConnectedProvider,
  { externalId }: UnreadableRecordError,
): Promise<Link | null> {
  if (externalId === null) return null;
  if (roleOf(deps, provider.id) !== 'audience') return claimLink(deps.db, { provider: provider.id, accountId, externalId });
  const [link] = await listLinksByExternalIds(deps.db, provider.id, accountId, [externalId]);
  return link ?? null;
}

/** Keys of the records that this process has logged, by workspace. Every pass meets them again. */
const loggedBy = new WeakMap<ActivityDeps['db'], Set<string>>();
const maxLogged = 10_000;

function logOnce({ db, log }: ActivityDeps, { provider, operation, externalId, reason }: UnreadableRecordError): void {
  const key = [provider, externalId, reason].join('/');
  const logged = loggedBy.get(db) ?? new Set();
  loggedBy.set(db, logged);
  if (logged.has(key)) return;
  if (logged.size >= maxLogged) logged.clear();
  logged.add(key);
  log?.warn({ provider, operation, externalId, reason }, 'A record cannot be read');
}
