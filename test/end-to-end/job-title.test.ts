import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { findContact } from '#db/contacts/contacts.ts';
import { type Accord, changeInGhl, changeInGoogle, control, recordsOf, startAccord } from '#test/setup/accord.ts';
import { eventuallyPolled, syncedPerson, untilIdle } from '#test/setup/hub.ts';
import { pollNow } from '#test/setup/polls.ts';

const jobTitleField = 'Field0JobTitle000001';

let accord: Accord;
beforeAll(async () => {
  const providers = ['gohighlevel', 'calltools', 'square', 'google'];
  accord = await startAccord({ providers, gohighlevelAccount: { jobTitleField } });
  await control(accord.sandboxes.gohighlevel, 'POST', 'records', { customFields: [{ id: jobTitleField, name: 'Job title' }] });
  await pollNow(accord, 'google');
});
afterAll(() => accord.close());

const edit = (title: string, resourceName: string) =>
  changeInGoogle(accord.sandboxes, { resourceName, organizations: [{ title, department: 'Notes', current: true }] });

async function titleInGhl(id: string): Promise<unknown> {
  const contacts = await recordsOf<{ id: string; customFields: { id: string; value: unknown }[] }>(accord.sandboxes.gohighlevel);
  return contacts.find((contact) => contact.id === id)?.customFields.find((field) => field.id === jobTitleField)?.value;
}

async function jobsInGoogle(name: string): Promise<unknown> {
  const people = await recordsOf<{ resourceName: string; organizations?: object[] }>(accord.sandboxes.google);
  return people.find(({ resourceName }) => resourceName === name)?.organizations;
}

it('syncs a job title from Google to a custom field of GoHighLevel and back', async () => {
  const { ids } = await syncedPerson(accord);
  await edit('Analyst', ids.google);
  await eventuallyPolled(accord, async () => expect(await titleInGhl(ids.gohighlevel)).toBe('Analyst'));

  const customFields = [{ id: jobTitleField, field_value: 'Chief Analyst' }];
  await changeInGhl(accord.sandboxes, { id: ids.gohighlevel, customFields });
  const expected = [expect.objectContaining({ title: 'Chief Analyst', department: 'Notes' })];
  await eventuallyPolled(accord, async () => expect(await jobsInGoogle(ids.google)).toEqual(expected));
});

it('reads rows from before the field without a backfill, and syncs its first value', async () => {
  const { ids } = await syncedPerson(accord);
  await untilIdle(accord, ids.gohighlevel);
  const contactId = await accord.contactIdOf(ids.google);
  await accord.db.updateTable('contact').set({ fields: sql`fields - 'jobTitle'` }).where('id', '=', contactId).execute();
  await accord.db.updateTable('link').set({ shadow: sql`shadow - 'jobTitle'` }).where('contact_id', '=', contactId).execute();
  expect((await findContact(accord.db, contactId))?.fields.jobTitle).toBeNull();

  await edit('Analyst', ids.google);
  await eventuallyPolled(accord, async () => expect(await titleInGhl(ids.gohighlevel)).toBe('Analyst'));
});
