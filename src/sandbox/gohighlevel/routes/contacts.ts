import { Router } from 'express';
import { type Contact, toCreated, toDetail } from '#sandbox/gohighlevel/contacts/contact.ts';
import { createBody, updateBody } from '#sandbox/gohighlevel/contacts/contact-body.ts';
import { findMatch, refuseDuplicate } from '#sandbox/gohighlevel/contacts/duplicates.ts';
import { normalizePhone } from '#sandbox/gohighlevel/contacts/normalize.ts';
import { locationInBody } from '#sandbox/gohighlevel/gate.ts';
import type { Vendor } from '#sandbox/gohighlevel/vendor.ts';
import { unprocessable } from '#sandbox/gohighlevel/vendor-error.ts';

/** One contact per request. HighLevel docs: apps/contacts.json. */
export function contactRoutes(vendor: Vendor): Router {
  const { gate, book, writer, settings } = vendor;
  const router = Router();

  router.get(
    '/search/duplicate',
    gate({
      scope: 'contacts.readonly',
      location: ({ query }) => query.locationId,
      handle({ request: { query }, grant }) {
        if (query.locationId === undefined) throw unprocessable('locationId must be a string');
        const contact = findDuplicate(vendor, grant.locationId, query);
        return { contact: contact && toDetail(contact) };
      },
    }),
  );

  router.post(
    '/',
    gate({
      scope: 'contacts.write',
      status: 201,
      location: locationInBody,
      body: createBody,
      handle({ body: { locationId, ...fields } }) {
        const changes = vendor.normalize(fields);
        refuseDuplicate(book, settings(), { locationId, changes });
        return { contact: toCreated(writer.create(locationId, changes)) };
      },
    }),
  );

  router.get(
    '/:id',
    gate({
      scope: 'contacts.readonly',
      handle: ({ request, grant }) => ({ contact: toDetail(vendor.getContact(request.params.id, grant)) }),
    }),
  );

  router.put(
    '/:id',
    gate({
      scope: 'contacts.write',
      body: updateBody,
      handle({ request, body, grant }) {
        const contact = vendor.getContact(request.params.id, grant);
        const changes = vendor.normalize(body);
        refuseDuplicate(book, settings(), { locationId: contact.locationId, changes, self: contact.id });
        return { succeded: true, contact: toDetail(writer.update(contact, changes)) };
      },
    }),
  );

  router.delete(
    '/:id',
    gate({
      scope: 'contacts.write',
      handle({ request, grant }) {
        writer.remove(vendor.getContact(request.params.id, grant));
        return { succeded: true };
      },
    }),
  );

  return router;
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
