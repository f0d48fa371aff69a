import type { Database } from '#db/database.ts';

/** The rows that tell about one person, by the ids that other tables name them by. */
export interface Person {
  /** The contact, and those that were merged into it. */
  contactIds: string[];
  linkIds: string[];
  submissionIds: string[];
  deliveryIds: string[];
  eventIds: string[];
  /** Contacts of others that were one with the person's for a while: their history may have values of the person. */
  formerIds: string[];
}

/** `contactId` is the survivor of its merges. */
export async function findPerson(db: Database, contactId: string): Promise<Person> {
  const contacts = await db
    .selectFrom('contact')
    .select('id')
    .where(({ or, eb }) => or([eb('id', '=', contactId), eb('merged_into', '=', contactId)]))
    .execute();
  const contactIds = contacts.map(({ id }) => id);
  const links = await db.selectFrom('link').select(['id', 'external_id']).where('contact_id', 'in', contactIds).execute();
  const submissions = await db
    .selectFrom('form_submission')
    .select(['id', 'event_id'])
    .where('id', 'in', [nobody, ...links.flatMap(({ external_id: id }) => (id !== null && uuid.test(id) ? [id] : []))])
    .execute();
  const deliveries = await db
    .selectFrom('webhook_delivery')
    .select(['id', 'event_id'])
    .where('contact_id', 'in', contactIds)
    .execute();
  // With the condition of the index: a search by contact alone would read every event.
  const events = await db
    .selectFrom('outbox_event')
    .select('id')
    .where('contact_id', 'in', contactIds)
    .where('type', '!=', 'form_submitted')
    .execute();
  const eventIds = [
    ...deliveries.map(({ event_id }) => event_id),
    ...submissions.flatMap(({ event_id }) => event_id ?? []),
    ...events.map(({ id }) => id),
  ];
  return {
    contactIds,
    linkIds: links.map(({ id }) => id),
    submissionIds: submissions.map(({ id }) => id),
    deliveryIds: deliveries.map(({ id }) => id),
    eventIds: [...new Set(eventIds)],
    formerIds: await listFormer(db, contactIds),
  };
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** `in` takes no empty list. */
const nobody = '00000000-0000-0000-0000-000000000000';

async function listFormer(db: Database, contactIds: string[]): Promise<string[]> {
  const merges = await db
    .selectFrom('contact_merge')
    .select(['survivor_id', 'other_id'])
    .where(({ or, eb }) => or([eb('survivor_id', 'in', contactIds), eb('other_id', 'in', contactIds)]))
    .execute();
  const ids = merges.flatMap(({ survivor_id, other_id }) => [survivor_id, ...(other_id === null ? [] : [other_id])]);
  return [...new Set(ids)].filter((id) => !contactIds.includes(id));
}
