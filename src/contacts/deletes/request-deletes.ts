import type { ContactUnit } from '#contacts/contact-unit.ts';
import { linksAt } from '#contacts/links-at.ts';
import type { OpenLink } from '#db/contacts/links.ts';
import {
  countRecentDeletes,
  type DeleteRequest,
  findDeleteEvent,
  insertDeleteRequest,
  listRequestsOf,
  updateDeleteRequests,
  wasAskedForMany,
} from '#db/deletes/delete-requests.ts';
import { deleteStates } from '#db/deletes/tables.ts';
import { countLinked } from '#db/sync/reconcile-runs.ts';
import { askAlways } from '#domain/deletes/delete-policy.ts';
import { type PlannedDelete, planDeletes } from '#domain/deletes/plan-deletes.ts';
import { digestOf } from './digest.ts';
import { tellStopped } from './tell-stopped.ts';

/**
 * Stores the consequences for a record that Accord was creating while the person was deleted elsewhere: the requests of that deletion could
 * not name it.
 */
export async function requestMissedDeletes(
  unit: ContactUnit,
  made: OpenLink,
  intent: Pick<OpenLink, 'created_at'> = made,
): Promise<void> {
  for (const gone of unit.links) {
    const { provider, state, removed_at, observed_at: goneAt } = gone;
    const isLost = state === 'tombstoned' && removed_at === null && provider !== made.provider && !hasOther(unit, gone);
    if (isLost && goneAt !== null && intent.created_at < goneAt) await requestDeletes(unit, gone, made.id);
  }
}

/**
 * Stores the consequences for the records that a person got after a deletion was decided about, once it is carried out: copies, which would be
 * left behind. Not while the person has a record that somebody entered.
 */
export async function requestLaterDeletes(unit: ContactUnit, { source_link_id: sourceId }: DeleteRequest): Promise<void> {
  const source = unit.links.find(({ id }) => id === sourceId);
  if (!source || unit.links.some(({ state, origin }) => state === 'linked' && origin === 'provider')) return;
  const requests = await listRequestsOf(unit.tx, unit.contact.id, deleteStates);
  const asked = new Set(requests.filter((each) => each.source_link_id === sourceId).map(({ link_id }) => link_id));
  for (const { id, state } of unit.links) if (state === 'linked' && !asked.has(id)) await requestDeletes(unit, source, id);
}

/**
 * Stores the consequences for the other records of a person who lost one, or for one of them: requests that a person decides, and deletions
 * that the settings allow. A request for the lost record itself has ended with it.
 */
export async function requestDeletes(unit: ContactUnit, gone: OpenLink, onlyLinkId?: string): Promise<void> {
  const { tx, deps, contact } = unit;
  const now = deps.now();
  const pending = await listRequestsOf(tx, contact.id, ['open', 'approved']);
  const ended = pending.filter(({ link_id }) => link_id === gone.id).map(({ id }) => id);
  await updateDeleteRequests(tx, ended, { state: 'withdrawn', ended_at: now });
  unit.changeLink(gone, { removal_id: null });
  const others = listOthers(unit, gone.provider).filter(({ id }) => onlyLinkId === undefined || id === onlyLinkId);
  if (others.length === 0) return;
  const missingSince = gone.missing_since ?? now;
  const rate = await readRate(unit, gone);
  const plan = planDeletes(
    deps.deletes ?? askAlways,
    { provider: gone.provider, missingSince: missingSince.getTime(), hasOther: hasOther(unit, gone) },
    others.map(({ id: linkId, provider, edited_at }) => ({
      ...{ linkId, provider, isLive: contact.liveAt.includes(provider), editedAt: edited_at?.getTime() ?? null },
    })),
    rate,
  );
  if (plan.length === 0) return;
  // Once an hour: the next ones have the same cause.
  const isFirst = plan.some(({ because }) => because === 'many') && !(await wasAskedForMany(tx, gone.provider, now));
  if (isFirst) await tellStopped(tx, { account: gone.provider, reason: 'many', lost: rate.recent, linked: rate.linked }, now);
  const event = await findDeleteEvent(tx, gone.id, new Date(missingSince.getTime() - eventAgeMs));
  for (const planned of plan) await store(unit, gone, planned, { event, missingSince });
}

/** How long before the first read that did not find the record its vendor may have told of the deletion. */
const eventAgeMs = 24 * 3_600_000;

/** The linked records at other accounts that Accord can write to. */
function listOthers({ deps, links }: ContactUnit, source: string): OpenLink[] {
  const providers = [...deps.providers].filter(([id, { provider }]) => id !== source && !provider.isSourceOnly);
  return providers.flatMap(([id]) => {
    const { primary, doubles } = linksAt(links, id);
    return [primary, ...doubles].flatMap((link) => (link?.state === 'linked' ? [link] : []));
  });
}

function hasOther({ links }: ContactUnit, gone: OpenLink): boolean {
  return links.some(({ id, provider, state }) => id !== gone.id && provider === gone.provider && state === 'linked');
}

async function readRate({ tx, deps }: ContactUnit, { provider, account_id }: OpenLink) {
  const recent = (await countRecentDeletes(tx, provider, deps.now())) + 1;
  return { recent, linked: await countLinked(tx, provider, account_id) };
}

async function store(
  unit: ContactUnit,
  gone: OpenLink,
  { linkId, step, because }: PlannedDelete,
  { event, missingSince }: { event: string | null; missingSince: Date },
): Promise<void> {
  const { tx, deps, contact } = unit;
  const link = unit.getLink(linkId);
  const state = ({ archive: 'archived', ask: 'open', delete: 'approved' } as const)[step];
  const id = await insertDeleteRequest(
    tx,
    {
      ...{ source: gone.provider, sourceLinkId: gone.id, provider: link.provider, linkId, state, because, event, missingSince },
      seen: step === 'delete' ? digestOf(contact.fields, link.shadow) : null,
    },
    deps.now(),
  );
  if (step === 'archive') unit.changeLink(link, { archived_at: deps.now() });
  if (step === 'delete' && id !== null) unit.changeLink(link, { removal_id: id });
}
