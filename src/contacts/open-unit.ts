import { lockContact } from '#db/contacts/contacts.ts';
import { getLink, listOpenLinks, type OpenLink } from '#db/contacts/links.ts';
import type { ContactDeps } from './contact-deps.ts';
import { type ContactTransaction, inTransaction } from './contact-transaction.ts';
import { ContactUnit } from './contact-unit.ts';

interface ContactRequest {
  contactId: string;
  /** The workflow and run that caused the change, for the history; null for a change made through the api. */
  cause: string | null;
}

/** Runs `work` on a contact, or on the contact that it was merged into, in a transaction of its own, and saves the unit. */
export function withContact<Result>(
  deps: ContactDeps,
  request: ContactRequest,
  work: (unit: ContactUnit) => Result | Promise<Result>,
): Promise<Result> {
  return inTransaction(deps, async (transaction) => {
    const unit = await openUnit(transaction, request);
    const result = await work(unit);
    await unit.save();
    return result;
  });
}

/** Locks a contact, or the contact that it was merged into, until the transaction ends. The caller calls `save`. */
export async function openUnit(transaction: ContactTransaction, { contactId, cause }: ContactRequest): Promise<ContactUnit> {
  const contact = await lockContact(transaction.tx, contactId);
  const unit = new ContactUnit(transaction, cause, contact, await listOpenLinks(transaction.tx, contact.id));
  await unit.loadLimits();
  return unit;
}

interface LinkRequest {
  linkId: string;
  /** The contact of the link, where the caller has read it. */
  contactId?: string;
  cause: string | null;
}

/** As `withContact`, for the contact that has the link now. */
export function withLink<Result>(
  deps: ContactDeps,
  request: LinkRequest,
  work: (unit: ContactUnit, link: OpenLink) => Result | Promise<Result>,
): Promise<Result> {
  return inTransaction(deps, async (transaction) => {
    const unit = await openUnitOfLink(transaction, request);
    const result = await work(unit, unit.getLink(request.linkId));
    await unit.save();
    return result;
  });
}

/** As `openUnit`, for the contact that has the link now: a split may have given it to another one since the caller read it. */
export async function openUnitOfLink(
  transaction: ContactTransaction,
  { linkId, contactId, cause }: LinkRequest,
): Promise<ContactUnit> {
  const findOwner = async () => (await getLink(transaction.tx, linkId)).contact_id;
  let unit = await openUnit(transaction, { contactId: contactId ?? (await findOwner()), cause });
  for (let attempt = 1; attempt < 3 && !unit.links.some(({ id }) => id === linkId); attempt += 1) {
    unit = await openUnit(transaction, { contactId: await findOwner(), cause });
  }
  return unit;
}
