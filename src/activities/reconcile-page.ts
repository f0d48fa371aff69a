import { claimLink, type Link, listLinksByExternalIds } from '../db/links.ts';
import { addToRun, markSeen } from '../db/reconcile-runs.ts';
import { hasDrifted } from '../domain/reconcile.ts';
import type { CallOptions, ProviderRecord } from '../providers/provider.ts';
import { priorities } from '../workflows/messages.ts';
import { type ActivityDeps, type ConnectedProvider, getConnected, roleOf } from './deps.ts';
import { mapConcurrently } from './map-concurrently.ts';
import { observeRecord, takeIn } from './observe-record.ts';

export interface PageInput {
  runId: string;
  provider: string;
  cursor: string | null;
  cause: string;
}

export interface PageResult {
  cursor: string | null;
  /** Contacts that the pass itself must push, by provider. Ids only, a page's worth at most. */
  push: Record<string, string[]>;
}

/** A page with more drift than this is a first import or a mass change: no workflow each, the pass writes by itself. */
const fewDrifted = 10;

/** How many records are read at once; the rate limit decides how fast. */
const readsAtOnce = 8;

/** Lists one page and compares it with what is known. What drifted goes to its contact's workflow, or is taken in here when it is much. */
export async function reconcilePage(
  deps: ActivityDeps,
  input: PageInput,
  call: CallOptions,
  onProgress: () => void,
): Promise<PageResult> {
  const connected = getConnected(deps, input.provider);
  const page = await connected.client.list({ cursor: input.cursor }, call);
  const known = await listLinksByExternalIds(
    deps.db,
    input.provider,
    connected.client.accountId,
    page.records.map(({ externalId }) => externalId),
  );
  await markSeen(
    deps.db,
    input.runId,
    known.map(({ id }) => id),
  );

  const { drifted, unknown } = sort(page.records, known);
  const counts = { listed: page.records.length, drifted: drifted.length, created: unknown.length };
  const unchanged = counts.listed - counts.drifted - counts.created;
  const many = drifted.length + unknown.length > fewDrifted;
  const push = many
    ? await takeInMany(deps, connected, input, { drifted, unknown }, call, onProgress)
    : await announceFew(deps, connected, drifted, unknown);
  await addToRun(deps.db, input.runId, { ...counts, unchanged, ...(page.total === null ? {} : { total: page.total }) });
  return { cursor: page.cursor, push };
}

interface Drifted {
  row: ProviderRecord;
  link: Link;
}

function sort(rows: ProviderRecord[], known: Link[]): { drifted: Drifted[]; unknown: ProviderRecord[] } {
  const byExternalId = new Map(known.map((link) => [link.external_id, link]));
  const unknown = rows.filter(({ externalId }) => !byExternalId.has(externalId));
  const drifted = rows.flatMap((row) => {
    const link = byExternalId.get(row.externalId);
    return link && hasDrifted(row, { shadow: link.shadow, remoteUpdatedAt: link.remote_updated_at }) ? [{ row, link }] : [];
  });
  return { drifted, unknown };
}

async function announceFew(
  deps: ActivityDeps,
  connected: ConnectedProvider,
  drifted: Drifted[],
  unknown: ProviderRecord[],
): Promise<PageResult['push']> {
  const claimed = await Promise.all(unknown.map((row) => claim(deps, connected, row)));
  const links = [...drifted.map(({ link }) => link), ...claimed.flatMap((link) => link ?? [])];
  for (const link of links) {
    await deps.announce(link.contact_id, {
      observe: [{ linkId: link.id, provider: link.provider }],
      push: [],
      priority: priorities.bulk,
    });
  }
  return {};
}

async function takeInMany(
  deps: ActivityDeps,
  connected: ConnectedProvider,
  input: PageInput,
  { drifted, unknown }: { drifted: Drifted[]; unknown: ProviderRecord[] },
  call: CallOptions,
  onProgress: () => void,
): Promise<PageResult['push']> {
  const claimed = await mapConcurrently(unknown, readsAtOnce, async (row) => ({ row, link: await claim(deps, connected, row) }));
  const all = [...drifted, ...claimed.flatMap(({ row, link }) => (link ? [{ row, link }] : []))];
  const results = await mapConcurrently(all, readsAtOnce, ({ row, link }) => {
    onProgress();
    // A complete row is as good as a read of its own; one that lacks something is read by id.
    return row.complete
      ? takeIn(deps, { linkId: link.id, record: row, cause: input.cause })
      : observeRecord(deps, { linkId: link.id, cause: input.cause }, call);
  });
  const push: Record<string, string[]> = {};
  for (const { contactId, outOfStep } of results) {
    for (const provider of outOfStep) push[provider] = [...(push[provider] ?? []), contactId];
  }
  return push;
}

/** A record at an audience target that carries no link is somebody else's: the dialer has leads of its own. */
async function claim(deps: ActivityDeps, { provider, client }: ConnectedProvider, row: ProviderRecord): Promise<Link | null> {
  if (roleOf(deps, provider.id) === 'audience') return null;
  return claimLink(deps.db, { provider: provider.id, accountId: client.accountId, externalId: row.externalId });
}
