import { type Connection, contactPath } from '#providers/gohighlevel/connection.ts';
import { noteResponse, noteRow, notesResponse } from '#providers/gohighlevel/schema.ts';
import type { CallOptions } from '#providers/provider.ts';

/** Adds a note to a contact. HighLevel docs, `apps/contacts.json`: `body` is the only field that a note needs. */
export async function addNote(
  { send }: Connection,
  { externalId, body }: { externalId: string; body: string },
  call: CallOptions = {},
): Promise<string> {
  const request = { operation: 'add note', method: 'POST', path: notesPath(externalId), body: { body } } as const;
  const { note } = await send(request, noteResponse, call);
  return note.id;
}

/** The id of the contact's note with this text; null when there is none. The list has no pages. */
export async function findNote(
  { send }: Connection,
  { externalId, text }: { externalId: string; text: string },
  call: CallOptions = {},
): Promise<string | null> {
  const { notes } = await send({ operation: 'list notes', method: 'GET', path: notesPath(externalId) }, notesResponse, call);
  const rows = (notes ?? []).flatMap((row) => noteRow.safeParse(row).data ?? []);
  return rows.find(({ body }) => body?.includes(text))?.id ?? null;
}

function notesPath(externalId: string): string {
  return `${contactPath(externalId)}/notes`;
}
