import { beforeAll, describe, expect, it } from '@jest/globals';
import { control } from '#test/setup/accord.ts';
import { nextFamilyName, nextPhone } from '#test/setup/people.ts';
import { useHub } from './hub.ts';

const ownPhone = nextPhone();
const hub = useHub({
  audiences: [
    {
      name: 'callable',
      when: { doNotCall: false },
      needs: ['phone'],
      then: { calltools: { lists: ['Cold Leads'], addTags: [], removeTags: [] } },
    },
  ],
  ownAddresses: {
    mailboxes: ['frontdesk@gmail.com', 'info@anothershop.example'],
    domains: ['ourshop.example'],
    phones: [ownPhone],
  },
});
beforeAll(() => control(hub.accord.sandboxes.gohighlevel, 'PATCH', 'settings', { allowDuplicateContact: true }));

/** Values that say nothing about the person, each with the values that a second record has. */
const nobodys: [string, object, object][] = [
  ['a mailbox of the business', { email: 'frontdesk@gmail.com' }, { email: 'front.desk@gmail.com' }],
  ['a mailbox of a role there', { email: 'info@anothershop.example' }, { email: 'info@anothershop.example' }],
  ['a domain of the business', { email: 'ada@ourshop.example' }, { email: 'ada@ourshop.example' }],
  ['a number of the business', { phone: ownPhone }, { phone: ownPhone }],
  ['a placeholder email', { email: 'no_email2@example.com' }, { email: 'no_email2@example.com' }],
];

describe.each(nobodys)('two people with one name and %s', (_what, one, other) => {
  it('are two contacts that keep the value, and are asked about for their name only, when both records are read', async () => {
    const familyName = nextFamilyName();
    const known = await hub.read('gohighlevel', { phone: undefined, familyName, ...one });
    const newcomer = await hub.read('square', { phone: undefined, familyName, ...other });
    expect(newcomer.contactId).not.toBe(known.contactId);
    expect(await hub.candidates(newcomer.contactId)).toMatchObject([{ evidence: { keys: [], rules: ['no-key'] } }]);
    const { fields } = await hub.contact(newcomer.contactId);
    const { email, phone }: { email?: string; phone?: string } = { ...other };
    expect(fields.emails.map(({ address }) => address)).toEqual(email ? [email] : []);
    expect(fields.phones.map(({ e164 }) => e164)).toEqual(phone ? [phone] : []);
  });

  it('are two records when one of them is pushed to where the other is', async () => {
    const id = await hub.edit('square', { givenName: 'Grace', familyName: 'Hopper', ...other });
    const known = await hub.read('gohighlevel', { givenName: 'Grace', familyName: 'Hopper', phone: undefined, ...one });
    expect(await hub.push(known.contactId, 'square')).toMatchObject({ outcome: 'created' });
    expect((await hub.link(known.contactId, 'square')).external_id).not.toBe(id);
  });
});

it('a person is still recognised by an address of their own', async () => {
  const [phone, email] = [nextPhone(), 'mary@ourshop.example'];
  const known = await hub.read('gohighlevel', { givenName: 'Mary', phone, email });
  const newcomer = await hub.unread('square', { givenName: 'Mary', phone, email });
  expect(await hub.observe(newcomer)).toMatchObject({ contactId: known.contactId });
  const merged = (await hub.history(known.contactId)).flatMap(({ kind, after }) => (kind === 'merged' ? [after] : []));
  expect(merged).toEqual([{ matchedBy: 'phone' }]);
});

it('a refusal of one contact is not a refusal of everybody with a number of the business', async () => {
  const refuser = await hub.read('gohighlevel', { givenName: 'Alan', familyName: 'Turing', phone: ownPhone, doNotCall: true });
  const other = await hub.read('gohighlevel', { givenName: 'Emmy', familyName: 'Noether', phone: ownPhone });
  expect((await hub.contact(refuser.contactId)).fields.doNotContact.call).toBe(true);
  expect(other.result.outOfStep).toContain('calltools');
  expect(refuser.result.outOfStep).not.toContain('calltools');
});
