import { z } from 'zod';
import type { Account } from '#sandbox/google/account.ts';
import type { MaskPath } from '#sandbox/google/person/fields.ts';
import type { Person } from '#sandbox/google/person/person.ts';
import { showPerson } from '#sandbox/google/person/show-person.ts';
import { type SortOrder, sortPeople } from './sort-people.ts';
import { checkAge, type SyncPoint, syncPoint } from './sync-token.ts';

export interface ListRequest {
  mask: MaskPath[];
  pageSize: number;
  requestSyncToken: boolean;
  sources: string[];
  sortOrder: SortOrder;
  pageToken?: string | undefined;
  syncToken?: string | undefined;
}

/** The content of a page token. */
const listProgress = z.object({
  /** For a sync, the sequence of the last change listed. Otherwise, the number of people listed. */
  after: z.number(),
  /** The feed's sequence at the first page; the next sync continues from here. */
  startedAt: z.number(),
  total: z.number(),
});
type Progress = z.output<typeof listProgress>;

/** Google docs: people.connections.list. */
export function listConnections(account: Account, request: ListRequest): object {
  const { pageToken, syncToken, ...rest } = request;
  const parameters = { ...rest, mask: request.mask.toSorted() };
  const since = syncToken === undefined ? null : account.sealed.open('sync', parameters, syncToken, syncPoint);
  if (since) checkAge(since, account.clock, account.settings());
  const bound = { ...parameters, syncToken };
  const progress = pageToken === undefined ? null : account.sealed.open('page', bound, pageToken, listProgress);

  const page = request.requestSyncToken ? syncPage(account, request, since, progress) : plainPage(account, request, progress);
  const shown = page.people.map((person) =>
    showPerson(person, { mask: request.mask, fromList: true, withPreviousNames: since !== null }, account.settings()),
  );
  return {
    ...(shown.length > 0 && { connections: shown }),
    ...(page.next && { nextPageToken: account.sealed.seal('page', bound, page.next) }),
    ...(page.point && { nextSyncToken: account.sealed.seal('sync', parameters, page.point) }),
    totalPeople: page.total,
    totalItems: page.total,
  };
}

interface Page {
  people: Person[];
  total: number;
  next?: Progress;
  /** Present on the last page of a sync. */
  point?: SyncPoint;
}

/**
 * A person that changes between two pages moves to the end, and so is listed twice. The sync token of the last page starts where the
 * first page started, so no change in between is missed.
 */
function syncPage({ feed, clock }: Account, request: ListRequest, since: SyncPoint | null, progress: Progress | null): Page {
  const startedAt = progress?.startedAt ?? feed.head();
  const changes = feed.after(progress?.after ?? since?.sequence ?? 0);
  // Google docs: deleted people are listed only for a sync token.
  const wanted = since ? changes : changes.filter(({ person }) => !person.deleted);
  const total = progress?.total ?? wanted.length;
  const shown = wanted.slice(0, request.pageSize);
  const people = shown.map(({ person }) => person);
  const last = shown.at(-1);
  if (last && wanted.length > shown.length) return { people, total, next: { after: last.sequence, startedAt, total } };
  const now = clock.now();
  return { people, total, point: { sequence: startedAt, fullSyncAt: since?.fullSyncAt ?? now, issuedAt: now } };
}

/** Without `requestSyncToken`: the present state, without propagation delay. */
function plainPage({ book }: Account, { pageSize, sortOrder }: ListRequest, progress: Progress | null): Page {
  const sorted = sortPeople(book.all(), sortOrder);
  const total = sorted.length;
  const after = progress?.after ?? 0;
  const people = sorted.slice(after, after + pageSize);
  return after + pageSize < total ? { people, total, next: { after: after + pageSize, startedAt: 0, total } } : { people, total };
}
