import type { SandboxContext } from '#sandbox/core/sandbox.ts';
import type { Contact, ContactChanges } from './contacts/contact.ts';
import type { ContactFields } from './contacts/contact-body.ts';
import { createContactBook } from './contacts/contact-book.ts';
import { createContactWriter } from './contacts/contact-writer.ts';
import { createCustomFields } from './contacts/custom-fields.ts';
import { normalizeFields } from './contacts/normalize.ts';
import { createGate } from './gate.ts';
import { createNotes } from './notes.ts';
import { createRateLimit } from './rate-limit.ts';
import { createSearchIndex } from './search/search-index.ts';
import type { GoHighLevelSettings } from './settings.ts';
import { createTokens, type Grant } from './tokens.ts';
import { badRequest, VendorError, wrongLocation } from './vendor-error.ts';
import { createNotifier } from './webhooks/notifier.ts';
import { createSigner } from './webhooks/signing.ts';

export type Vendor = ReturnType<typeof createVendor>;

/** The parts of HighLevel that the routes use. */
export function createVendor(context: SandboxContext<GoHighLevelSettings>) {
  const { store, clock } = context;
  const settings = () => context.settings.current;
  const book = createContactBook(store);
  const customFields = createCustomFields(store);
  const notes = createNotes(store, clock);
  const signer = createSigner(store, settings);
  const notifier = createNotifier(context, signer);
  const writer = createContactWriter({ store, clock, book, notifier, settings });
  const searchIndex = createSearchIndex(book, clock, () => settings().searchLagMs);
  const tokens = createTokens(context);
  const rateLimit = createRateLimit(clock, settings);
  const gate = createGate({ tokens, rateLimit, settings });

  return {
    ...{ settings, store, book, customFields, notes, signer, writer, searchIndex, tokens, rateLimit, gate },
    normalize: (fields: ContactFields): ContactChanges => normalizeFields(fields, settings(), customFields),
    getContact: (id: unknown, grant: Grant) => getContact(book.find(String(id)), grant, settings()),
  };
}

/** The status for an unknown contact id is not documented: 400, or 404 by setting. */
function getContact(contact: Contact | undefined, grant: Grant, { unknownContactStatus }: GoHighLevelSettings): Contact {
  if (contact && !contact.deleted && contact.locationId === grant.locationId) return contact;
  if (contact && contact.locationId !== grant.locationId) throw wrongLocation();
  if (unknownContactStatus === 404) throw new VendorError(404, 'Contact not found', { error: 'Not Found' });
  throw badRequest('Contact not found');
}
