import { Router } from 'express';
import type { z } from 'zod';
import { toDetail } from '#sandbox/gohighlevel/contacts/contact.ts';
import { upsertBody } from '#sandbox/gohighlevel/contacts/contact-body.ts';
import { dropConflicts, findMatch } from '#sandbox/gohighlevel/contacts/duplicates.ts';
import { locationInBody } from '#sandbox/gohighlevel/gate.ts';
import type { Vendor } from '#sandbox/gohighlevel/vendor.ts';

/** HighLevel docs: POST /contacts/upsert creates or updates by the location's duplicate rules, with status 200 for both. */
export function upsertRoute(vendor: Vendor): Router {
  return Router().post(
    '/upsert',
    vendor.gate({
      scope: 'contacts.write',
      location: locationInBody,
      body: upsertBody,
      handle({ body }) {
        const { isNew, contact } = upsert(vendor, body);
        return { new: isNew, contact: toDetail(contact) };
      },
    }),
  );
}

function upsert({ normalize, book, writer, settings }: Vendor, body: z.output<typeof upsertBody>) {
  const { locationId, createNewIfDuplicateAllowed, ...fields } = body;
  const { allowDuplicateContact, matchFields } = settings();
  const changes = normalize(fields);
  const ignoresMatches = createNewIfDuplicateAllowed && allowDuplicateContact;
  const match = ignoresMatches ? null : findMatch(book, locationId, changes, matchFields);
  if (!match) return { isNew: true, contact: writer.create(locationId, changes) };
  // Integrators report (api-docs issue 313): on an existing contact the gender is ignored.
  const { gender: _, ...changesOfExisting } = dropConflicts(book, match.contact, changes);
  return { isNew: false, contact: writer.update(match.contact, changesOfExisting) };
}
