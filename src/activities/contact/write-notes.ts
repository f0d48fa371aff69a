import type { ActivityCall, ActivityDeps } from '#activities/deps.ts';
import { RecordBusyError } from '#activities/failures.ts';
import { getConnected } from '#contacts/contact-deps.ts';
import { linksAt } from '#contacts/links-at.ts';
import { lockContact, type StoredContact } from '#db/contacts/contacts.ts';
import { getExternalId, listLinks } from '#db/contacts/links.ts';
import { claimNote, listOpenNotes, type SubmissionNote, saveNoteResult } from '#db/sync/submission-notes.ts';
import { InvalidRequestError } from '#providers/errors.ts';
import type { ProviderClient } from '#providers/provider.ts';

/** Longer than one activity may run, so that a note has one writer at a time. */
const leaseSeconds = 45;

interface NotesInput {
  contactId: string;
  provider: string;
  /** The same for every attempt of one activity. */
  owner: string;
}

type NotesClient = Required<Pick<ProviderClient, 'addNote' | 'findNote'>>;

/**
 * Writes the messages of the contact's submissions to the provider's notes, each once: an attempt is counted before it is sent, and
 * after an attempt without an answer the note is looked up by the submission's id, which stands in it.
 */
export async function writeNotes(
  deps: ActivityDeps,
  { contactId, provider, owner }: NotesInput,
  call: ActivityCall,
): Promise<void> {
  const { addNote, findNote } = getConnected(deps, provider).client;
  if (!addNote || !findNote) return;
  const { id, liveAt, erasureId } = await survivorOf(deps, contactId);
  if (!liveAt.includes(provider) || erasureId !== null) return;
  const notes = await listOpenNotes(deps.db, id, provider);
  if (notes.length === 0) return;
  const { primary: link } = linksAt(await listLinks(deps.db, id), provider);
  // The record's create delivers them.
  if (link?.state !== 'linked') return;
  for (const note of notes) {
    const claimed = await claimNote(deps.db, note, { owner, seconds: leaseSeconds });
    if (claimed === null) throw new RecordBusyError(`Another writer adds note ${note.submission_id} at ${provider}`);
    await write(deps, { addNote, findNote }, { note: claimed, externalId: getExternalId(link) }, call);
  }
}

async function write(
  { db }: ActivityDeps,
  client: NotesClient,
  { note, externalId }: { note: SubmissionNote; externalId: string },
  call: ActivityCall,
): Promise<void> {
  try {
    const landed = note.attempts > 1 ? await client.findNote(externalId, note.submission_id, call) : null;
    await saveNoteResult(db, note, { externalId: landed ?? (await client.addNote(externalId, note.body, call)) });
  } catch (error) {
    const isFinal = error instanceof InvalidRequestError;
    await saveNoteResult(db, note, { error: error instanceof Error ? error.message : 'unknown', isFinal });
    if (!isFinal) throw error;
  }
}

/** The contact, or the one that it was merged into. */
function survivorOf({ db }: ActivityDeps, contactId: string): Promise<StoredContact> {
  return db.transaction().execute((tx) => lockContact(tx, contactId));
}
