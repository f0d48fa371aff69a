import { lagMs } from '#activities/contact/apply-record.ts';
import { isLanded } from '#activities/contact/find-existing-record.ts';
import type { ActivityCall, ActivityDeps } from '#activities/deps.ts';
import { getConnected } from '#contacts/contact-deps.ts';
import { setMergedInto } from '#db/contacts/contacts.ts';
import { type Link, listLinksByExternalIds, type OpenLink, saveLink } from '#db/contacts/links.ts';
import type { ProviderRecord } from '#providers/provider.ts';

/**
 * Finds the record that a create of an erased contact made, though its answer was lost, and links it. Null when there is none.
 * `may-land`: the create was sent a moment ago, and may still make one.
 */
export async function settleIntent(deps: ActivityDeps, link: OpenLink, call: ActivityCall): Promise<Link | null | 'may-land'> {
  if (link.attempts.length === 0) return null;
  const record = await findOwn(deps, link, call);
  if (record !== null) return adopt(deps, link, record.externalId);
  const sentAt = Math.max(...link.attempts.map(({ started_at }) => Date.parse(started_at)));
  return deps.now().getTime() - sentAt < lagMs ? 'may-land' : null;
}

async function findOwn(deps: ActivityDeps, link: OpenLink, call: ActivityCall): Promise<ProviderRecord | null> {
  const { client } = getConnected(deps, link.provider);
  const { phones = [], emails = [] } = link.intent_payload ?? {};
  const lookup = {
    reference: link.reference,
    phones: phones.flatMap(({ e164 }) => e164 ?? []),
    emails: emails.map(({ address }) => address),
  };
  const found = await client.find(lookup, call);
  const records = await Promise.all(found.map((hit) => (hit.complete ? hit : client.read(hit.externalId, call))));
  return records.find((record) => record.reference === link.reference || isLanded(link, record)) ?? null;
}

/** The vendor's webhook may have claimed a link for the record. */
function adopt(deps: ActivityDeps, link: OpenLink, externalId: string): Promise<Link> {
  return deps.db.transaction().execute(async (tx) => {
    const [claimed] = await listLinksByExternalIds(tx, link.provider, link.account_id, [externalId]);
    if (claimed && claimed.id !== link.id) {
      await saveLink(tx, claimed.id, { state: 'detached', external_id: null });
      if (claimed.contact_id !== link.contact_id) await setMergedInto(tx, claimed.contact_id, link.contact_id);
    }
    const change = { state: 'detached', external_id: externalId, removed_at: deps.now(), intent_payload: null } as const;
    await saveLink(tx, link.id, change);
    return { ...link, ...change };
  });
}
