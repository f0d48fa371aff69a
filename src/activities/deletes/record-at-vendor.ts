import type { ActivityCall, ActivityDeps } from '#activities/deps.ts';
import { getConnected } from '#contacts/contact-deps.ts';
import { getExternalId, type Link } from '#db/contacts/links.ts';
import { NotFoundError } from '#providers/errors.ts';
import type { ProviderRecord } from '#providers/provider.ts';

type Known = Pick<Link, 'id' | 'provider' | 'external_id' | 'version'>;

/** Deletes a record. One that is `not-found` was deleted by an earlier attempt, whose answer was lost. */
export async function removeAtVendor(deps: ActivityDeps, link: Known, call: ActivityCall): Promise<'accepted' | 'not-found'> {
  const { client, provider } = getConnected(deps, link.provider);
  if (!client.remove) throw new Error(`${provider.name} has no call that deletes records`);
  try {
    await client.remove(getExternalId(link), { ...call, version: link.version });
    return 'accepted';
  } catch (error) {
    if (error instanceof NotFoundError) return 'not-found';
    throw error;
  }
}

/** Null when the vendor does not have the record. */
export async function readAtVendor(deps: ActivityDeps, link: Known, call: ActivityCall): Promise<ProviderRecord | null> {
  try {
    return await getConnected(deps, link.provider).client.read(getExternalId(link), call);
  } catch (error) {
    if (error instanceof NotFoundError) return null;
    throw error;
  }
}
