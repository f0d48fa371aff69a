import type { ActivityDeps, ConnectedProvider } from '#activities/deps.ts';
import { getConnected } from '#contacts/contact-deps.ts';
import { listLinksByExternalIds } from '#db/contacts/links.ts';
import { findCursor, saveCursor } from '#db/sync/sync-cursors.ts';
import type { PollPosition } from '#domain/poll-position.ts';
import { priorities } from '#domain/priority.ts';
import { ExpiredCursorError } from '#providers/errors.ts';
import type { CallOptions, ChangePage } from '#providers/provider.ts';
import { observePage } from './observe-page.ts';

export interface PollInput {
  provider: string;
  /** Where the page before ended; null for the first page of a poll. */
  position: PollPosition | null;
  cause: string;
}

export interface PollResult {
  /** Where to go on; null after the last page. */
  position: PollPosition | null;
  /** Contacts that the poll itself must push, by provider. */
  push: Record<string, string[]>;
  changed: number;
  /** The vendor no longer knew where we were: what was deleted meanwhile, only a full pass finds. */
  expired: boolean;
}

const cursorName = 'changes';

/** Asks for one page of what changed since the last poll. Where we are is kept once the last page was taken in. */
export async function pollChanges(
  deps: ActivityDeps,
  { provider, position, cause }: PollInput,
  call: CallOptions,
  onProgress: () => void,
): Promise<PollResult> {
  const connected = getConnected(deps, provider);
  const key = { provider, accountId: connected.client.accountId, name: cursorName };
  const asked = position ?? { since: await findCursor(deps.db, key), cursor: null };
  const { page, since, expired } = await readChanges(connected, asked, call);
  await announceDeleted(deps, connected, page.deleted);
  const { counts, push } = await observePage(deps, { connected, records: page.records, cause, call, onProgress });
  if (page.cursor === null && page.since !== null) await saveCursor(deps.db, key, page.since);
  return {
    position: page.cursor === null ? null : { since, cursor: page.cursor },
    push,
    changed: counts.drifted + counts.created + page.deleted.length,
    expired,
  };
}

interface Read {
  page: ChangePage;
  since: string | null;
  expired: boolean;
}

/** A position that the vendor has forgotten is given up for a listing of everything. */
async function readChanges(
  { provider, client }: ConnectedProvider,
  asked: { since: string | null; cursor: string | null },
  call: CallOptions,
): Promise<Read> {
  if (!client.changes) throw new Error(`${provider.name} cannot be asked for changes`);
  try {
    return { page: await client.changes(asked, call), since: asked.since, expired: false };
  } catch (error) {
    if (!(error instanceof ExpiredCursorError)) throw error;
    return { page: await client.changes({ since: null, cursor: null }, call), since: null, expired: true };
  }
}

/** Whether they are gone is for a read to say. */
async function announceDeleted(deps: ActivityDeps, { provider, client }: ConnectedProvider, deleted: string[]): Promise<void> {
  for (const link of await listLinksByExternalIds(deps.db, provider.id, client.accountId, deleted)) {
    if (link.state === 'tombstoned') continue;
    const observe = [{ linkId: link.id, provider: provider.id }];
    await deps.announce(link.contact_id, { observe, push: [], priority: priorities.poll });
  }
}
