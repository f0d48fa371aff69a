import { z } from 'zod';
import { ApiProblem, notFound } from '#api/rest/errors.ts';
import { findContact, findContactIdByExternalId, type StoredContact } from '#db/contacts/contacts.ts';
import { findContactIdsByRecordId } from '#db/contacts/lists/contact-list.ts';
import type { Database } from '#db/database.ts';

export const contactIdParameter = z.string().min(1).meta({
  description: 'The Accord id, a record id with its account (`calltools:42`), or a record id alone, if one contact has it.',
  example: 'gohighlevel:ocQHyuzHvysMo5N5VsXc',
});

export const syncOutcome = z.enum(['started', 'queued']).meta({
  description: '`queued` while Temporal does not answer: the sync starts when it does.',
});

export const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The contact with an Accord id or a record id; for a merged contact, the one that it was merged into. Throws a 404, and a 410 for an erased one. */
export async function getContactByAnyId(db: Database, id: string): Promise<StoredContact> {
  return (await findContactByAnyId(db, id)).contact;
}

/** As `getContactByAnyId`. `mergedId` is the contact that the id is of, if that one was merged into the other. */
export async function findContactByAnyId(db: Database, id: string): Promise<{ contact: StoredContact; mergedId: string | null }> {
  const ownId = uuid.test(id) ? id : await findIdByRecord(db, id);
  const own = ownId === null ? null : await findContact(db, ownId);
  let contact = own;
  while (contact !== null && contact.mergedInto !== null) contact = await findContact(db, contact.mergedInto);
  if (own === null || contact === null) throw notFound(`There is no contact ${id}.`);
  if (contact.erasureId !== null) throw erased(contact.id, contact.erasureId);
  return { contact, mergedId: own === contact ? null : own.id };
}

/** 410. From the start of the erasure on. */
function erased(contactId: string, erasureId: string): ApiProblem {
  const detail = `The person of contact ${contactId} was erased: GET /api/v1/erasures/${erasureId} has the proof.`;
  return new ApiProblem({ status: 410, code: 'erased', detail });
}

/** Throws a 400 for a record id that records of several contacts have: ids are unique within one account only. */
async function findIdByRecord(db: Database, id: string): Promise<string | null> {
  const colon = id.indexOf(':');
  if (colon >= 0) return findContactIdByExternalId(db, id.slice(0, colon), id.slice(colon + 1));
  const [contactId = null, other] = await findContactIdsByRecordId(db, id);
  if (other === undefined) return contactId;
  const detail = `Records of several contacts have the id ${id}: name the account too, such as square:${id}.`;
  throw new ApiProblem({ status: 400, code: 'invalid-input', detail });
}
