import { z } from 'zod';
import { notFound } from '#api/rest/errors.ts';
import { findContact, findContactIdByExternalId, type StoredContact } from '#db/contacts/contacts.ts';
import type { Database } from '#db/database.ts';

export const contactIdParameter = z.string().min(1).meta({
  description: 'The Accord id, a record id with its provider (`calltools:42`), or a GoHighLevel contact id.',
  example: 'gohighlevel:ocQHyuzHvysMo5N5VsXc',
});

export const syncOutcome = z.enum(['started', 'queued']).meta({
  description: '`queued` while Temporal does not answer: the sync starts when it does.',
});

export const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The contact with an Accord id or a record id; for a merged contact, the one that it was merged into. Throws a 404. */
export async function getContactByAnyId(db: Database, id: string): Promise<StoredContact> {
  return (await findContactByAnyId(db, id)).contact;
}

/** As `getContactByAnyId`. `mergedId` is the contact that the id is of, if that one was merged into the other. */
export async function findContactByAnyId(db: Database, id: string): Promise<{ contact: StoredContact; mergedId: string | null }> {
  const ownId = uuid.test(id) ? id : await findContactIdByExternalId(db, ...splitProvider(id));
  const own = ownId === null ? null : await findContact(db, ownId);
  let contact = own;
  while (contact !== null && contact.mergedInto !== null) contact = await findContact(db, contact.mergedInto);
  if (own === null || contact === null) throw notFound(`There is no contact ${id}.`);
  return { contact, mergedId: own === contact ? null : own.id };
}

function splitProvider(id: string): [provider: string, externalId: string] {
  const colon = id.indexOf(':');
  return colon < 0 ? ['gohighlevel', id] : [id.slice(0, colon), id.slice(colon + 1)];
}
