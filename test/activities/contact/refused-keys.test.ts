import { beforeAll, expect, it } from '@jest/globals';
import { listRefused } from '#db/contacts/refused-keys.ts';
import { toRefusalKeys } from '#domain/refusal.ts';
import { control } from '#test/setup/accord.ts';
import { nextPhone } from '#test/setup/people.ts';
import { type Person, useActivities } from './direct.ts';

const on = useActivities();
beforeAll(() => control(on.accord.sandboxes.gohighlevel, 'PATCH', 'settings', { allowDuplicateContact: true }));

async function arrive(contact: object): Promise<Person> {
  const person = await on.unseen({ tags: ['cold lead'], ...contact });
  return { ...person, contactId: (await on.observe(person)).contactId };
}

/** Two contacts of one number: the account allows duplicates. */
async function refusedAndOther() {
  const phone = nextPhone();
  const refuser = await arrive({ phone, dnd: true });
  const other = await arrive({ firstName: 'Grace', lastName: 'Hopper', phone });
  expect(other.contactId).not.toBe(refuser.contactId);
  return { phone, refuser, other };
}

const refusedFor = async (person: Person) =>
  listRefused(on.accord.db, person.contactId, toRefusalKeys((await on.contact(person)).fields));

it('a number that must not be called is not dialled when it arrives under another name, until the refusal is lifted', async () => {
  const { phone, refuser, other } = await refusedAndOther();
  expect(await on.push(other)).toMatchObject({ outcome: 'in-step' });
  expect(await on.link(other, 'calltools')).toBeUndefined();
  expect(await refusedFor(other)).toEqual([{ kind: 'phone', value: phone }]);

  await on.changeInGhl(refuser.id, { dnd: false });
  await on.observe(refuser);
  expect(await refusedFor(other)).toEqual([]);
  expect(await on.link(other, 'gohighlevel')).toMatchObject({ changed_at: expect.any(Date) });
  expect(await on.observe(other)).toMatchObject({ outOfStep: ['calltools'] });
});

it('a refusal that comes later takes others with the number out of the dialer', async () => {
  const phone = nextPhone();
  const other = await arrive({ phone });
  await on.push(other);
  const refuser = await arrive({ firstName: 'Grace', lastName: 'Hopper', phone, dnd: true });
  expect(refuser.contactId).not.toBe(other.contactId);
  expect(await on.link(other, 'gohighlevel')).toMatchObject({ changed_at: expect.any(Date) });
  expect(await on.observe(other)).toMatchObject({ outOfStep: ['calltools'] });
});

it('a number stays refused when the contact that refused it has another one by now', async () => {
  const phone = nextPhone();
  const refuser = await arrive({ phone, dnd: true });
  await on.changeInGhl(refuser.id, { phone: nextPhone() });
  await on.observe(refuser);
  const other = await arrive({ firstName: 'Grace', lastName: 'Hopper', phone });
  expect(await on.push(other)).toMatchObject({ outcome: 'in-step' });
});
