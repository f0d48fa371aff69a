import { z } from 'zod';
import { notFound } from '#api/rest/errors.ts';
import { findContact, findContactIdByExternalId, type StoredContact } from '#db/contacts/contacts.ts';
import type { Database } from '#db/database.ts';

export const contactIdParameter = z.string().min(1).meta({
  description: 'Our id of the contact, a provider’s with its name before it (`calltools:42`), or a GoHighLevel contact id.',
  example: 'gohighlevel:ocQHyuzHvysMo5N5VsXc',
});

export const syncOutcome = z.enum(['started', 'queued']).meta({
  description: '`queued` while Temporal does not answer: it is made up for when it does.',
});

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The contact that is meant, or the one that it turned out to be. Throws a 404 when there is none. */
export async function getContact(db: Database, id: string): Promise<StoredContact> {
  const ownId = uuid.test(id) ? id : await findContactIdByExternalId(db, ...splitProvider(id));
  const contact = ownId === null ? null : await findContact(db, ownId);
  if (contact === null) throw notFound(`There is no contact ${id}.`);
  return contact.mergedInto === null ? contact : getContact(db, contact.mergedInto);
}

function splitProvider(id: string): [provider: string, externalId: string] {
  const colon = id.indexOf(':');
  return colon < 0 ? ['gohighlevel', id] : [id.slice(0, colon), id.slice(colon + 1)];
}
