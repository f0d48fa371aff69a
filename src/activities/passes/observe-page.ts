import { observeRecord, storeObservation } from '#activities/contact/observe-record.ts';
import type { ActivityCall, ActivityDeps, ConnectedProvider } from '#activities/deps.ts';
import { mapConcurrently } from '#concurrency/map-concurrently.ts';
import { roleOf } from '#contacts/contact-deps.ts';
import { listKeptOut } from '#contacts/erasure/kept-out.ts';
import { requireReads } from '#db/contacts/dirty-links.ts';
import { claimLink, type Link, type LinkWithStatus, listLinksWithStatus } from '#db/contacts/links.ts';
import { priorities } from '#domain/sync/priority.ts';
import { hasDrifted } from '#domain/sync/reconcile.ts';
import { AuthenticationError, RateLimitError, UnavailableError, type UnreadableRecordError } from '#providers/errors.ts';
import type { ProviderRecord } from '#providers/provider.ts';
import { releaseRestored } from './release-restored.ts';
import { reportUnreadable } from './report-unreadable.ts';

export interface ListedPage {
  connected: ConnectedProvider;
  records: readonly ProviderRecord[];
  /** Rows that the provider's client could not read. */
  unreadable: readonly UnreadableRecordError[];
  cause: string;
  call: ActivityCall;
  onProgress(): void;
}

export interface ObservedPage {
  counts: { listed: number; unchanged: number; drifted: number; created: number; unreadable: number };
  /** The links of the listed records that were known before. */
  known: Link[];
  /** Of those, the ones whose records differ from their last known values. */
  drifted: Set<string>;
  /** Contacts that the pass itself must push, by provider. */
  push: Record<string, string[]>;
}

/** A page with more drift is a mass change or a first import: the pass writes it in batches, without a workflow per contact. */
const maxSignalled = 10;

/** Concurrent reads; the provider's rate limit decides how fast they run. */
const concurrentReads = 8;

/** Compares listed records with their shadows. Drifted records go to their contact's workflow, or, when there are many, are observed here. */
export async function observePage(deps: ActivityDeps, page: ListedPage): Promise<ObservedPage> {
  const { connected, records, unreadable } = page;
  const odd = await reportUnreadable(deps, connected, unreadable);
  const ids = records.map(({ externalId }) => externalId);
  const known = await listLinksWithStatus(deps.db, connected.provider.id, connected.client.accountId, ids);
  const difference = await withoutReplaced(deps, page, await withoutErased(deps, connected, compare(records, known)));
  const { drifted, unknown } = difference;
  const isMany = drifted.length + unknown.length > maxSignalled;
  const push = isMany ? await observeMany(deps, page, difference) : await signalFew(deps, page, difference);
  const unchanged = records.length - drifted.length - unknown.length;
  const listed = records.length + unreadable.length;
  const counts = { listed, unchanged, drifted: drifted.length, created: unknown.length, unreadable: unreadable.length };
  return { counts, known: [...known, ...odd], drifted: new Set(drifted.map(({ link }) => link.id)), push };
}

interface Difference {
  drifted: { row: ProviderRecord; link: Link }[];
  /** Records without a link. */
  unknown: ProviderRecord[];
}

function compare(rows: readonly ProviderRecord[], known: LinkWithStatus[]): Difference {
  const byExternalId = new Map(known.map((link) => [link.external_id, link]));
  const unknown = rows.filter(({ externalId }) => !byExternalId.has(externalId));
  const drifted = rows.flatMap((row) => {
    const link = byExternalId.get(row.externalId);
    return link && (isUnfinished(link) || isRemoved(link) || hasDrifted(row, toKnown(link))) ? [{ row, link }] : [];
  });
  return { drifted, unknown };
}

/** Passes over the records of erased people. */
async function withoutErased(deps: ActivityDeps, { provider, client }: ConnectedProvider, difference: Difference) {
  const ids = difference.unknown.map(({ externalId }) => externalId);
  const keptOut = await listKeptOut(deps.db, deps, { provider: provider.id, account_id: client.accountId }, ids);
  return { ...difference, unknown: difference.unknown.filter(({ externalId }) => !keptOut.has(externalId)) };
}

/** Passes over records that a merge at the vendor has replaced, and that the listing still shows. */
async function withoutReplaced(deps: ActivityDeps, { connected, call }: ListedPage, difference: Difference): Promise<Difference> {
  const ids = difference.unknown.map(({ externalId }) => externalId);
  const replaced = await releaseRestored(deps, connected, ids, call);
  return { ...difference, unknown: difference.unknown.filter(({ externalId }) => !replaced.has(externalId)) };
}

/** Observed by a pass that stopped before it could push. */
function isUnfinished({ sync_status }: LinkWithStatus): boolean {
  return sync_status === 'pending';
}

/** The record was deleted. Only a read by id tells whether somebody restored it, or the listing lags. */
function isRemoved({ state, removed_at }: Link): boolean {
  return state === 'tombstoned' || (state === 'detached' && removed_at !== null);
}

function toKnown({ shadow, remote_updated_at }: Link) {
  return { shadow, remoteUpdatedAt: remote_updated_at };
}

async function signalFew(deps: ActivityDeps, page: ListedPage, { drifted, unknown }: Difference): Promise<ObservedPage['push']> {
  const claimed = await Promise.all(unknown.map((row) => claim(deps, page.connected, row)));
  const links = [...drifted.map(({ link }) => link), ...claimed.flatMap((link) => link ?? [])];
  await requireReads(
    deps.db,
    links.map(({ id }) => id),
  );
  for (const link of links) await signal(deps, link);
  return {};
}

async function observeMany(
  deps: ActivityDeps,
  { connected, cause, call, onProgress }: ListedPage,
  { drifted, unknown }: Difference,
): Promise<ObservedPage['push']> {
  const claimed = await mapConcurrently(unknown, concurrentReads, async (row) => ({
    row,
    link: await claim(deps, connected, row),
  }));
  const all = [...drifted, ...claimed.flatMap(({ row, link }) => (link ? [{ row, link }] : []))];
  const results = await mapConcurrently(all, concurrentReads, async ({ row, link }) => {
    onProgress();
    try {
      // A complete row needs no read of its own.
      return row.complete && !isRemoved(link)
        ? await storeObservation(deps, { linkId: link.id, record: row, cause })
        : await observeRecord(deps, { linkId: link.id, cause }, call);
    } catch (error) {
      if (call.signal?.aborted || concernsAll(error)) throw error;
      // One failure must not stop the page: the contact's workflow retries it, where a person can see it.
      await requireReads(deps.db, [link.id]);
      await signal(deps, link);
      return null;
    }
  });
  const push: Record<string, string[]> = {};
  for (const { contactId, outOfStep } of results.filter((result) => result !== null)) {
    for (const provider of outOfStep) push[provider] = [...new Set([...(push[provider] ?? []), contactId])];
  }
  return push;
}

/** Whether every other call would fail, too: the provider is down, at its limit, or refuses our credentials. */
function concernsAll(error: unknown): boolean {
  return error instanceof UnavailableError || error instanceof RateLimitError || error instanceof AuthenticationError;
}

function signal(deps: ActivityDeps, { id: linkId, contact_id, provider }: Link): Promise<void> {
  const arrival = { at: deps.now().getTime() };
  return deps.signalContact(contact_id, { observe: [{ linkId, provider }], push: [], priority: priorities.bulk, arrival });
}

/** Claims a link for an unknown record. Null at an audience target: records that Accord did not create there are not imported. */
async function claim(deps: ActivityDeps, { provider, client }: ConnectedProvider, row: ProviderRecord): Promise<Link | null> {
  if (roleOf(deps, provider.id) === 'audience') return null;
  return claimLink(deps.db, { provider: provider.id, accountId: client.accountId, externalId: row.externalId });
}
