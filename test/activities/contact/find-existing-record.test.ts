import { describe, expect, it } from '@jest/globals';
import { ConflictError } from '#providers/errors.ts';
import type { PersonEdit } from '#test/setup/hub.ts';
import { nextFamilyName, nextPhone } from '#test/setup/people.ts';
import { useHub } from './hub.ts';

const hub = useHub();

describe('a create that finds a record with the same phone number, which nobody has read', () => {
  it.each<[string, PersonEdit, PersonEdit, string[]]>([
    ['of the parent', { familyName: 'Ex Jr.' }, { familyName: 'Ex Sr.' }, []],
    ['of a sibling', { givenName: 'Grace' }, { givenName: 'Ada' }, []],
    ['of the spouse', { givenName: 'Mrs', familyName: 'Ez' }, { givenName: 'Mr', familyName: 'Ez' }, ['honorifics-differ']],
  ])('%s makes a second record, and a candidate where it may be one person', async (_whose, theirs, own, rules) => {
    const [phone, familyName] = [nextPhone(), nextFamilyName()];
    const renamed = (change: PersonEdit) =>
      change.familyName ? { ...change, familyName: change.familyName.replace(/^E[xz]/, familyName) } : change;
    const id = await hub.edit('google', { givenName: 'Ada', familyName, ...renamed(theirs), phone });
    const newcomer = await hub.read('square', { familyName, ...renamed(own), phone });
    const before = await hub.lookUp('google', phone);

    expect(await hub.push(newcomer.contactId, 'google')).toMatchObject({ outcome: 'created' });
    const after = await hub.lookUp('google', phone);
    expect(after).toHaveLength(2);
    expect(after).toEqual(expect.arrayContaining(before));
    const found = await hub.candidates(newcomer.contactId);
    expect(found.map(({ evidence }) => evidence)).toMatchObject(
      rules.map((rule) => ({ keys: ['phone'], rules: expect.arrayContaining([rule]) })),
    );

    const claimed = await hub.claim('google', id);
    expect(hub.announced).toContainEqual(expect.objectContaining({ contactId: claimed.contactId }));
    const { contactId } = await hub.observe(claimed);
    expect(contactId).not.toBe(newcomer.contactId);
    expect(await hub.candidates(newcomer.contactId)).toHaveLength(rules.length);
  });

  it('with another birthday makes a second record and a candidate', async () => {
    const phone = nextPhone();
    const familyName = nextFamilyName();
    const theirs = await googlePerson(phone, familyName, 1955);
    const { customers } = await hub.records<{ customers: string[] }>('square', {
      customers: [{ given_name: 'Ada', family_name: familyName, phone_number: phone, birthday: '1960-07-21' }],
    });
    const { contactId } = await hub.observe(await hub.claim('square', customers[0] as string));
    expect(await hub.push(contactId, 'google')).toMatchObject({ outcome: 'created' });
    expect((await hub.lookUp('google', phone)).map(({ id }) => id)).toEqual(expect.arrayContaining([theirs]));
    expect(await hub.lookUp('google', phone)).toHaveLength(2);
    expect(await hub.candidates(contactId)).toMatchObject([{ evidence: { rules: ['birthdays-differ'] } }]);
  });

  it('of somebody whose name is unknown waits for a decision', async () => {
    const phone = nextPhone();
    const id = await hub.edit('google', { givenName: null, familyName: null, phone });
    const newcomer = await hub.read('square', { phone, familyName: nextFamilyName() });
    expect(await hub.push(newcomer.contactId, 'google')).toMatchObject({ outcome: 'in-step' });
    expect(await hub.lookUp('google', phone)).toMatchObject([{ id }]);
    expect(await hub.candidates(newcomer.contactId)).toMatchObject([
      { state: 'open', evidence: { keys: ['phone'], rules: ['given-name-incomplete'] } },
    ]);
    expect(await hub.calls('google', () => hub.push(newcomer.contactId, 'google'))).toEqual([]);
    const links = await hub.links(newcomer.contactId);
    expect(links.filter(({ state, lease_owner }) => state === 'intent' || lease_owner !== null)).toEqual([]);
  });

  it('adopts it under a name that fits', async () => {
    const phone = nextPhone();
    const familyName = nextFamilyName();
    await hub.edit('google', { givenName: 'Ada Augusta', familyName, phone });
    const newcomer = await hub.read('square', { phone, familyName });
    expect(await hub.push(newcomer.contactId, 'google')).toMatchObject({ outcome: 'adopted' });
    expect(await hub.lookUp('google', phone)).toHaveLength(1);
  });

  it('is parked where the vendor refuses a second record with the number', async () => {
    const phone = nextPhone();
    const theirs = await hub.unread('gohighlevel', { phone, familyName: 'Ex Jr.' });
    await hub.observe(theirs);
    const newcomer = await hub.read('square', { phone, familyName: 'Ex Sr.' });
    await expect(hub.push(newcomer.contactId, 'gohighlevel')).rejects.toBeInstanceOf(ConflictError);
    expect(await hub.lookUp('gohighlevel', phone)).toMatchObject([{ familyName: 'Ex Jr.' }]);
    expect(await hub.candidates(newcomer.contactId)).toEqual([]);
  });
});

async function googlePerson(phone: string, familyName: string, year: number): Promise<string> {
  const { people } = await hub.records<{ people: string[] }>('google', {
    people: [
      {
        names: [{ givenName: 'Ada', familyName }],
        phoneNumbers: [{ value: phone }],
        birthdays: [{ date: { year, month: 3, day: 1 } }],
      },
    ],
  });
  return people[0] as string;
}
