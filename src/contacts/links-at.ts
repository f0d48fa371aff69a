import { isLive, type Link } from '#db/contacts/links.ts';

/** The links of a contact at one provider. */
export interface LinksAt<AnyLink> {
  /** The link to the record that stands for the contact there; null when there never was one. */
  primary: AnyLink | null;
  /** Links to further records of the person, and creates that may have made one. */
  doubles: AnyLink[];
}

/**
 * The primary link of a contact at a provider, and its doubles. It is computed, not stored: the oldest record that is linked. So the
 * next one takes over by itself when a record is deleted, or merged by the vendor.
 */
export function linksAt<AnyLink extends Pick<Link, 'id' | 'provider' | 'account_id' | 'state'>>(
  links: readonly AnyLink[],
  provider: string,
): LinksAt<AnyLink> {
  const own = links.filter((link) => link.provider === provider);
  const live = own.filter(isLive);
  const newest = live.at(-1) ?? findDead(own);
  // Records of an account that was connected before are out of reach.
  const inAccount = live.filter(({ account_id }) => account_id === newest?.account_id);
  // Ids are UUIDv7, which sort by age.
  const linked = inAccount.filter(({ state }) => state === 'linked').toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const [primary, ...others] = linked;
  if (!primary) return { primary: newest, doubles: [] };
  return { primary, doubles: [...others, ...inAccount.filter(({ state }) => state === 'intent')] };
}

/**
 * The link that stands for a contact without a record. One whose record was deleted prevails, however old: a detached one may be of an
 * answer that came after the webhook about our own create, and never had a record of its own. Decisions that undo a deletion detach it.
 */
function findDead<AnyLink extends Pick<Link, 'account_id' | 'state'>>(links: readonly AnyLink[]): AnyLink | null {
  const newest = links.at(-1) ?? null;
  const deleted = links.findLast(({ state, account_id }) => state === 'tombstoned' && account_id === newest?.account_id);
  return deleted ?? newest;
}
