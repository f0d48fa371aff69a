import { z } from 'zod';
import type { Account } from '#sandbox/google/account.ts';
import { checkAge, syncPoint } from '#sandbox/google/sync/sync-token.ts';
import { membersByGroup, parseGroupFields, showGroup } from './show-group.ts';

interface ListRequest {
  pageSize: number;
  groupFields?: string | undefined;
  pageToken?: string | undefined;
  syncToken?: string | undefined;
}

/** Like a sync token of contacts, with the time of the last change instead of a sequence. */
const groupSyncPoint = syncPoint.omit({ sequence: true }).extend({ updateTime: z.string() });
const progress = z.object({ after: z.number() });

/** Google docs: contactGroups.list. Deleted groups are listed only for a sync token. */
export function listGroups(account: Account, { pageToken, syncToken, ...parameters }: ListRequest): object {
  const { clock, groups, sealed, settings } = account;
  const since = syncToken === undefined ? null : sealed.open('sync', parameters, syncToken, groupSyncPoint);
  if (since) checkAge(since, clock, settings());
  const bound = { ...parameters, syncToken };
  const shownSoFar = pageToken === undefined ? 0 : sealed.open('page', bound, pageToken, progress).after;

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
