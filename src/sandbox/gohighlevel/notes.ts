import type { Clock } from '#sandbox/core/clock.ts';
import type { Store } from '#sandbox/core/store.ts';
import { newId } from './ids.ts';

/** HighLevel docs: apps/contacts.json, GetNoteSchema. */
export interface Note {
  id: string;
  body: string;
  contactId: string;
  dateAdded: string;
  userId?: string | undefined;
  title?: string | undefined;
  color?: string | undefined;
  pinned?: boolean | undefined;
}

type NoteFields = Partial<Pick<Note, 'body' | 'userId' | 'title' | 'color' | 'pinned'>>;

export type Notes = ReturnType<typeof createNotes>;

/** The notes of all contacts. */
export function createNotes(store: Store, clock: Clock) {
  const notes = store.collection<Note>('notes');
  const put = (note: Note): Note => {
    notes.put(note.id, note);
    return note;
  };
  return {
    all: (): Note[] => [...notes.values()],
    ofContact: (contactId: string): Note[] => [...notes.values()].filter((note) => note.contactId === contactId),
    find: (id: string): Note | undefined => notes.get(id),
    add: (contactId: string, fields: NoteFields & { body: string }): Note =>
      put({ ...fields, id: newId(), contactId, dateAdded: clock.isoNow() }),
    change: (note: Note, fields: NoteFields): Note => put({ ...note, ...fields }),
    remove: (note: Note): void => notes.delete(note.id),
  };
}
