import type { Account } from '#sandbox/google/account.ts';
import { checkAge, type SyncPoint } from '#sandbox/google/sync/sync-token.ts';
import { membersByGroup, parseGroupFields, showGroup } from './show-group.ts';

interface ListRequest {
  pageSize: number;
  groupFields?: string | undefined;
  pageToken?: string | undefined;
  syncToken?: string | undefined;
}

/** As a sync token of contacts, with the time of the last change in place of a sequence. */
type GroupSyncPoint = Omit<SyncPoint, 'sequence'> & { updateTime: string };

/** Google docs: contactGroups.list; deleted groups come with a sync token only. */
export function listGroups(account: Account, { pageToken, syncToken, ...parameters }: ListRequest): object {
  const { clock, groups, sealed, settings } = account;
  const since = syncToken === undefined ? null : sealed.open<GroupSyncPoint>('sync', parameters, syncToken);
  if (since) checkAge({ ...since, sequence: 0 }, clock, settings());
  const bound = { ...parameters, syncToken };
  const shownSoFar = pageToken === undefined ? 0 : sealed.open<{ after: number }>('page', bound, pageToken).after;

  const all = groups.all();
  const wanted = all.filter(({ deleted, updateTime }) => (since ? updateTime > since.updateTime : !deleted));
  const page = wanted.slice(shownSoFar, shownSoFar + parameters.pageSize);
  const after = shownSoFar + page.length;
  const view = { fields: parseGroupFields(parameters.groupFields), members: membersByGroup(account) };
  const now = clock.now();
  const point = { updateTime: all.at(-1)?.updateTime ?? '', fullSyncAt: since?.fullSyncAt ?? now, issuedAt: now };
  return {
    ...(page.length > 0 && { contactGroups: page.map((group) => showGroup(group, view)) }),
    totalItems: wanted.length,
    ...(after < wanted.length
      ? { nextPageToken: sealed.seal('page', bound, { after }) }
      : { nextSyncToken: sealed.seal('sync', parameters, point) }),
  };
}
