import type { ActivityCall, ActivityDeps, ConnectedProvider } from '#activities/deps.ts';
import { getConnected } from '#contacts/contact-deps.ts';
import { listLinksByExternalIds } from '#db/contacts/links.ts';
import { findCursor, saveCursor } from '#db/sync/sync-cursors.ts';
import type { PollPosition } from '#domain/sync/poll-position.ts';
import { priorities } from '#domain/sync/priority.ts';
import { ExpiredCursorError } from '#providers/errors.ts';
import type { CallOptions, ChangePage } from '#providers/provider.ts';
import { observePage } from './observe-page.ts';

export interface PollInput {
  provider: string;
  /** The position that the previous page returned; null for the first page of a poll. */
  position: PollPosition | null;
  cause: string;
}

export interface PollResult {
  /** The position of the next page; null after the last. */
  position: PollPosition | null;
  /** Contacts that the poll itself must push, by provider. */
  push: Record<string, string[]>;
  changed: number;
  /** Changed records that could not be read. Results from before this count existed hold none. */
  unreadable?: number;
  /** The stored position had expired, and everything was listed. Only a full pass finds the deletions in between. */
  expired: boolean;
}

const cursorName = 'changes';

/** Reads one page of the changes since the last poll. The new position is saved after the last page has been observed. */
export async function pollChanges(
  deps: ActivityDeps,
  { provider, position, cause }: PollInput,
  call: ActivityCall,
  onProgress: () => void,
): Promise<PollResult> {
  const connected = getConnected(deps, provider);
  const key = { provider, accountId: connected.client.accountId, name: cursorName };
  const from = position ?? { since: await findCursor(deps.db, key), cursor: null };
  const { page, since, expired } = await readChanges(connected, from, call);
  await signalDeleted(deps, connected, page.deleted);
  const { records, unreadable } = page;
  const { counts, push } = await observePage(deps, { connected, records, unreadable, cause, call, onProgress });
  if (page.cursor === null && page.since !== null) await saveCursor(deps.db, key, page.since);
  return {
    position: page.cursor === null ? null : { since, cursor: page.cursor },
    push,
    changed: counts.drifted + counts.created + page.deleted.length,
    unreadable: counts.unreadable,
    expired,
  };
}

interface ReadChanges {
  page: ChangePage;
  since: string | null;
  expired: boolean;
}

/** Lists everything when the vendor reports that the position has expired. */
async function readChanges(
  { provider, client }: ConnectedProvider,
  from: { since: string | null; cursor: string | null },
  call: CallOptions,
): Promise<ReadChanges> {
  if (!client.changes) throw new Error(`${provider.name} has no call that lists changes`);
  try {
    return { page: await client.changes(from, call), since: from.since, expired: false };
  } catch (error) {
    if (!(error instanceof ExpiredCursorError)) throw error;
    return { page: await client.changes({ since: null, cursor: null }, call), since: null, expired: true };
  }
}

/** Signals only a read: a 404 by id is the proof of a deletion. */
async function signalDeleted(deps: ActivityDeps, { provider, client }: ConnectedProvider, deleted: string[]): Promise<void> {
  for (const link of await listLinksByExternalIds(deps.db, provider.id, client.accountId, deleted)) {
    if (link.state === 'tombstoned' || link.removed_at !== null) continue;
    const observe = [{ linkId: link.id, provider: provider.id }];
    await deps.signalContact(link.contact_id, {
      observe,
      push: [],
      priority: priorities.poll,
      arrival: { at: deps.now().getTime() },
    });
  }
}
