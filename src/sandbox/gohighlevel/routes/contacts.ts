import { type RequestHandler, Router } from 'express';
import { type Contact, type ContactChanges, toCreated, toDetail } from '#sandbox/gohighlevel/contacts/contact.ts';
import { createBody, updateBody } from '#sandbox/gohighlevel/contacts/contact-body.ts';
import { findMatch, refuseDuplicate } from '#sandbox/gohighlevel/contacts/duplicates.ts';
import { normalizePhone } from '#sandbox/gohighlevel/contacts/normalize.ts';
import { locationInBody } from '#sandbox/gohighlevel/gate.ts';
import type { GoHighLevelSettings } from '#sandbox/gohighlevel/settings.ts';
import type { Vendor } from '#sandbox/gohighlevel/vendor.ts';
import { unprocessable } from '#sandbox/gohighlevel/vendor-error.ts';

/** One contact per request. HighLevel docs: apps/contacts.json. */
export function contactRoutes(vendor: Vendor): Router {
  const router = Router();
  router.get('/search/duplicate', searchDuplicate(vendor));
  router.post('/', createContact(vendor));
  router.get('/:id', getContact(vendor));
  router.put('/:id', updateContact(vendor));
  router.delete('/:id', deleteContact(vendor));
  return router;
}

function searchDuplicate(vendor: Vendor): RequestHandler {
  return vendor.gate({
    scope: 'contacts.readonly',
    location: ({ query }) => query.locationId,
    handle({ request: { query }, grant }) {
      if (query.locationId === undefined) throw unprocessable('locationId must be a string');
      const contact = findDuplicate(vendor, grant.locationId, query);
      return { contact: contact && toDetail(contact) };
    },
  });
}

function createContact({ gate, book, writer, settings, normalize }: Vendor): RequestHandler {
  return gate({
    scope: 'contacts.write',
    status: 201,
    location: locationInBody,
    body: createBody,
    handle({ body: { locationId, ...fields } }) {
      const changes = normalize(fields);
      refuseDuplicate(book, settings(), { locationId, changes });
      return { contact: toCreated(writer.create(locationId, changes)) };
    },
  });
}

function getContact(vendor: Vendor): RequestHandler {
  return vendor.gate({
    scope: 'contacts.readonly',
    handle: ({ request, grant }) => ({ contact: toDetail(vendor.getContact(request.params.id, grant)) }),
  });
}

function updateContact(vendor: Vendor): RequestHandler {
  const { gate, book, writer, settings, normalize } = vendor;
  return gate({
    scope: 'contacts.write',
    body: updateBody,
    handle({ request, body, grant }) {
      if (body.companyName !== undefined && !settings().updatesCompany) {
        throw unprocessable('property companyName should not exist');
      }
      const contact = vendor.getContact(request.params.id, grant);
      const changes = withMergedChannels(contact, normalize(body), settings());
      refuseDuplicate(book, settings(), { locationId: contact.locationId, changes, self: contact.id });
      return { succeded: true, contact: toDetail(writer.update(contact, changes)) };
    },
  });
}

/** Whether an update replaces `dndSettings` or merges its channels is not documented. */
function withMergedChannels(contact: Contact, changes: ContactChanges, { dndUpdate }: GoHighLevelSettings): ContactChanges {
  if (dndUpdate === 'replace' || !changes.dndSettings) return changes;
  return { ...changes, dndSettings: { ...contact.dndSettings, ...changes.dndSettings } };
}

function deleteContact(vendor: Vendor): RequestHandler {
  return vendor.gate({
    scope: 'contacts.write',
    handle({ request, grant }) {
      vendor.writer.remove(vendor.getContact(request.params.id, grant));
      return { succeded: true };
    },
  });
}

/** Integrators report the body `{ contact: … | null }`; the docs have no schema. */
function findDuplicate({ book, settings }: Vendor, locationId: string, query: Record<string, unknown>): Contact | null {
  const { email, number } = query;
  const phone = typeof number === 'string' ? normalizePhone(number, { ...settings(), unparsablePhone: 'store' }) : null;
  return (
    findMatch(book, locationId, { email: typeof email === 'string' ? email : null, phone }, settings().matchFields)?.contact ??
    null
  );
}
