import { Router } from 'express';
import type { z } from 'zod';
import type { Contact } from '#sandbox/gohighlevel/contacts/contact.ts';
import { bulkTagsBody, tagsBody } from '#sandbox/gohighlevel/contacts/contact-body.ts';
import { normalizeTags } from '#sandbox/gohighlevel/contacts/normalize.ts';
import { locationInBody } from '#sandbox/gohighlevel/gate.ts';
import { isFirebaseId } from '#sandbox/gohighlevel/ids.ts';
import type { Vendor } from '#sandbox/gohighlevel/vendor.ts';
import { unprocessable } from '#sandbox/gohighlevel/vendor-error.ts';

type Mode = 'add' | 'remove';

/** HighLevel docs: adding returns 201; removing returns 200 and is a DELETE with a JSON body. Both return the new list. */
export function tagRoutes(vendor: Vendor): Router {
  const { gate } = vendor;
  const router = Router();
  for (const [method, mode, status] of [
    ['post', 'add', 201],
    ['delete', 'remove', 200],
  ] as const) {
    router[method](
      '/:id/tags',
      gate({
        scope: 'contacts.write',
        status,
        body: tagsBody,
        handle({ request, body, grant }) {
          const change = changeTags(vendor, vendor.getContact(request.params.id, grant), mode, body.tags);
          return {
            tags: change.tags,
            ...(mode === 'add' ? { tagsAdded: change.tagsAdded } : { tagsRemoved: change.tagsRemoved }),
          };
        },
      }),
    );
  }

  router.post(
    '/bulk/tags/update/:type',
    gate({
      scope: 'contacts.write',
      status: 201,
      location: locationInBody,
      body: bulkTagsBody,
      handle({ request, body }) {
        const mode = request.params.type;
        if (mode !== 'add' && mode !== 'remove') throw unprocessable('type must be add or remove');
        const responses = body.contacts.map((contactId) => changeOne(vendor, contactId, mode, body));
        return { succeded: true, errorCount: responses.filter(({ type }) => type === 'error').length, responses };
      },
    }),
  );
  return router;
}

function changeTags({ writer }: Vendor, contact: Contact, mode: Mode, requested: string[], removeAll = false) {
  const oldTags = contact.tags;
  const named = normalizeTags(requested);
  const tagsAdded = mode === 'add' ? named.filter((tag) => !oldTags.includes(tag)) : [];
  const tagsRemoved = mode === 'remove' ? oldTags.filter((tag) => removeAll || named.includes(tag)) : [];
  const tags = [...oldTags.filter((tag) => !tagsRemoved.includes(tag)), ...tagsAdded];
  if (tagsAdded.length + tagsRemoved.length > 0) writer.update(contact, { tags });
  return { tags, oldTags, tagsAdded, tagsRemoved };
}

/** HighLevel docs: apps/contacts.json, the messages of the bulk route. */
function changeOne(vendor: Vendor, contactId: string, mode: Mode, body: z.output<typeof bulkTagsBody>) {
  const contact = vendor.book.find(contactId);
  const fail = (message: string) => ({ contactId, message, type: 'error' as const });
  if (!isFirebaseId(contactId)) return fail('contact id is not a valid firebase id');
  if (contact?.deleted) return fail('contact is deleted');
  if (contact?.locationId !== body.locationId) return fail('contact does not belong to location');
  const { tags: _, ...change } = changeTags(vendor, contact, mode, body.tags, body.removeAllTags);
  return { contactId, message: 'Tags updated', type: 'success' as const, ...change };
}
