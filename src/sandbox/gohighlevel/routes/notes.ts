import { type Request, Router } from 'express';
import { z } from 'zod';
import type { Note } from '#sandbox/gohighlevel/notes.ts';
import type { Grant } from '#sandbox/gohighlevel/tokens.ts';
import type { Vendor } from '#sandbox/gohighlevel/vendor.ts';
import { badRequest } from '#sandbox/gohighlevel/vendor-error.ts';

const fields = {
  userId: z.string().optional(),
  title: z.string().optional(),
  color: z.string().optional(),
  pinned: z.boolean().optional(),
};

/** HighLevel docs: apps/contacts.json, NotesDTO and UpdateNoteDTO. */
const createBody = z.strictObject({ ...fields, body: z.string().min(1, 'body should not be empty') });
const updateBody = z.strictObject({ ...fields, body: z.string().optional() });

/** The notes of a contact. HighLevel docs: apps/contacts.json. */
export function noteRoutes(vendor: Vendor): Router {
  const { gate, notes } = vendor;
  const router = Router();

  router.get(
    '/:id/notes',
    gate({
      scope: 'contacts.readonly',
      handle: ({ request, grant }) => ({ notes: notes.ofContact(vendor.getContact(request.params.id, grant).id) }),
    }),
  );

  router.post(
    '/:id/notes',
    gate({
      scope: 'contacts.write',
      status: 201,
      body: createBody,
      handle: ({ request, body, grant }) => ({ note: notes.add(vendor.getContact(request.params.id, grant).id, body) }),
    }),
  );

  router.get(
    '/:id/notes/:noteId',
    gate({ scope: 'contacts.readonly', handle: ({ request, grant }) => ({ note: getNote(vendor, request, grant) }) }),
  );

  router.put(
    '/:id/notes/:noteId',
    gate({
      scope: 'contacts.write',
      body: updateBody,
      handle({ request, body: { body, ...others }, grant }) {
        const note = getNote(vendor, request, grant);
        return { note: notes.change(note, { ...others, body: body ?? note.body }) };
      },
    }),
  );

  router.delete(
    '/:id/notes/:noteId',
    gate({
      scope: 'contacts.write',
      handle({ request, grant }) {
        notes.remove(getNote(vendor, request, grant));
        return { succeded: true };
      },
    }),
  );

  return router;
}

/** The status for an unknown note is not documented beyond 400. */
function getNote({ notes, getContact }: Vendor, { params }: Request, grant: Grant): Note {
  const contact = getContact(params.id, grant);
  const note = notes.find(String(params.noteId));
  if (note?.contactId !== contact.id) throw badRequest('Note not found');
  return note;
}
