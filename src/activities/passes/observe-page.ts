import { observeRecord, storeObservation } from '#activities/contact/observe-record.ts';
import type { ActivityDeps, ConnectedProvider } from '#activities/deps.ts';
import { mapConcurrently } from '#concurrency/map-concurrently.ts';
import { roleOf } from '#contacts/contact-deps.ts';
import { claimLink, type Link, type LinkWithStatus, listLinksWithStatus } from '#db/contacts/links.ts';
import { priorities } from '#domain/priority.ts';
import { hasDrifted } from '#domain/reconcile.ts';
import { AuthenticationError, RateLimitError, UnavailableError } from '#providers/errors.ts';
import type { CallOptions, ProviderRecord } from '#providers/provider.ts';

export interface ListedPage {
  connected: ConnectedProvider;
  records: readonly ProviderRecord[];
  cause: string;
  call: CallOptions;
  onProgress(): void;
}

export interface ObservedPage {
  counts: { listed: number; unchanged: number; drifted: number; created: number };
  /** Links that the page showed. */
  known: Link[];
  /** Contacts that the pass itself must push, by provider. */
  push: Record<string, string[]>;
}

/** A page with more drift than this is a first import or a mass change: no workflow each, the pass writes by itself. */
const fewDrifted = 10;

/** How many records are read at once; the rate limit decides how fast. */
const readsAtOnce = 8;

/** Compares listed records with what is known. What drifted goes to its contact's workflow, or is taken in here when it is much. */
export async function observePage(deps: ActivityDeps, page: ListedPage): Promise<ObservedPage> {
  const { connected, records } = page;
  const ids = records.map(({ externalId }) => externalId);
  const known = await listLinksWithStatus(deps.db, connected.provider.id, connected.client.accountId, ids);
  const { drifted, unknown } = sort(records, known);
  const many = drifted.length + unknown.length > fewDrifted;
  const push = many ? await takeInMany(deps, page, { drifted, unknown }) : await announceFew(deps, page, drifted, unknown);
  const listed = records.length;
  const unchanged = listed - drifted.length - unknown.length;
  return { counts: { listed, unchanged, drifted: drifted.length, created: unknown.length }, known, push };
}

interface Drifted {
  row: ProviderRecord;
  link: Link;
}

function sort(rows: readonly ProviderRecord[], known: LinkWithStatus[]): { drifted: Drifted[]; unknown: ProviderRecord[] } {
  const byExternalId = new Map(known.map((link) => [link.external_id, link]));
  const unknown = rows.filter(({ externalId }) => !byExternalId.has(externalId));
  const drifted = rows.flatMap((row) => {
    const link = byExternalId.get(row.externalId);
    return link && (isUnfinished(link) || hasDrifted(row, toKnown(link))) ? [{ row, link }] : [];
  });
  return { drifted, unknown };
}

/** Taken in by a pass that broke off before it could push. */
function isUnfinished({ sync_status }: LinkWithStatus): boolean {
  return sync_status === 'pending';
}

function toKnown({ shadow, remote_updated_at }: Link) {
  return { shadow, remoteUpdatedAt: remote_updated_at };
}

async function announceFew(
  deps: ActivityDeps,
  page: ListedPage,
  drifted: Drifted[],
  unknown: ProviderRecord[],
): Promise<ObservedPage['push']> {
  const claimed = await Promise.all(unknown.map((row) => claim(deps, page.connected, row)));
  const links = [...drifted.map(({ link }) => link), ...claimed.flatMap((link) => link ?? [])];
  for (const link of links) await announce(deps, link);
  return {};
}

async function takeInMany(
  deps: ActivityDeps,
  { connected, cause, call, onProgress }: ListedPage,
  { drifted, unknown }: { drifted: Drifted[]; unknown: ProviderRecord[] },
): Promise<ObservedPage['push']> {
  const claimed = await mapConcurrently(unknown, readsAtOnce, async (row) => ({ row, link: await claim(deps, connected, row) }));
  const all = [...drifted, ...claimed.flatMap(({ row, link }) => (link ? [{ row, link }] : []))];
  const results = await mapConcurrently(all, readsAtOnce, async ({ row, link }) => {
    onProgress();
    try {
      // A complete row is as good as a read of its own; one that lacks something is read by id.
      return row.complete
        ? await storeObservation(deps, { linkId: link.id, record: row, cause })
        : await observeRecord(deps, { linkId: link.id, cause }, call);
    } catch (error) {
      if (call.signal?.aborted || concernsAll(error)) throw error;
      // One that cannot be taken in holds up no other: its own workflow tries again, where a person can see it.
      await announce(deps, link);
      return null;
    }
  });
  const push: Record<string, string[]> = {};
  for (const { contactId, outOfStep } of results.filter((result) => result !== null)) {
    for (const provider of outOfStep) push[provider] = [...new Set([...(push[provider] ?? []), contactId])];
  }
  return push;
}

/** The provider is down, slow or refuses our key: the next record would fare no better. */
function concernsAll(error: unknown): boolean {
  return error instanceof UnavailableError || error instanceof RateLimitError || error instanceof AuthenticationError;
}

function announce(deps: ActivityDeps, { id: linkId, contact_id, provider }: Link): Promise<void> {
  return deps.announce(contact_id, { observe: [{ linkId, provider }], push: [], priority: priorities.bulk });
}

/** A record at an audience target that carries no link is somebody else's: the dialer has leads of its own. */
async function claim(deps: ActivityDeps, { provider, client }: ConnectedProvider, row: ProviderRecord): Promise<Link | null> {
  if (roleOf(deps, provider.id) === 'audience') return null;
  return claimLink(deps.db, { provider: provider.id, accountId: client.accountId, externalId: row.externalId });
}
