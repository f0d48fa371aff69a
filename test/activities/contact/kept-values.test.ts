import { describe, expect, it } from '@jest/globals';
import * as textsReadAsEmpty from '#db/migrations/0010-texts-read-as-empty.ts';
import { recordsOf } from '#test/setup/accord.ts';
import { type Member, members } from '#test/setup/hub.ts';
import { nextPhone } from '#test/setup/people.ts';
import { useHub } from './hub.ts';

const hub = useHub();

/** What a vendor's record holds in its places for one kind of value, as people typed it. */
interface Kind {
  name: string;
  odd: string;
  good: () => string;
  /** Google Contacts holds phone numbers of any form, so it gets the text, too. */
  isSpread: boolean;
  /** The change that makes a record hold the text, in the vendor's own spelling. */
  change(member: Member, text: string): object;
  shown(member: Member, record: Record<string, unknown>): unknown[];
}

const valuesIn = (list: unknown): unknown[] => (Array.isArray(list) ? list.map((item: { value?: unknown }) => item.value) : []);
const present = (value: unknown): unknown[] => (value === undefined || value === null ? [] : [value]);

const kinds: Kind[] = [
  ...['ume..x.@example.org', '.a@docomo.example', 'ada at example', 'see notes'].map((odd) => ({
    name: `the email ${odd}`,
    odd,
    isSpread: false,
    good: () => `${nextPhone().slice(1)}@example.com`,
    change: (member: Member, text: string) =>
      ({ square: { email_address: text }, gohighlevel: { email: text }, google: { emailAddresses: [{ value: text }] } })[member],
    shown: (member: Member, record: Record<string, unknown>) =>
      ({
        square: () => present(record.email_address),
        gohighlevel: () => present(record.email),
        google: () => valuesIn(record.emailAddresses),
      })[member](),
  })),
  ...['555-0100', 'ask for Ada'].map((odd) => ({
    name: `the phone ${odd}`,
    odd,
    isSpread: true,
    good: nextPhone,
    change: (member: Member, text: string) =>
      ({ square: { phone_number: text }, gohighlevel: { phone: text }, google: { phoneNumbers: [{ value: text }] } })[member],
    shown: (member: Member, record: Record<string, unknown>) =>
      ({
        square: () => present(record.phone_number),
        gohighlevel: () => present(record.phone),
        google: () => valuesIn(record.phoneNumbers),
      })[member](),
  })),
];

const lists = { square: 'customers', gohighlevel: 'contacts', google: 'people' } as const;
const idKeys = { square: 'id', gohighlevel: 'id', google: 'resourceName' } as const;

async function recordAt(member: Member, id: string): Promise<Record<string, unknown>> {
  const records = await recordsOf<Record<string, unknown>>(hub.accord.sandboxes[member]);
  return records.find((record) => record[idKeys[member]] === id) ?? {};
}

const changeAt = (member: Member, id: string, change: object) =>
  hub.records(member, { [lists[member]]: [{ [idKeys[member]]: id, ...change }] });

const cases = kinds.flatMap((kind) => members.map((member) => [kind.name, member, kind] as const));

describe('what cannot be read is not empty', () => {
  it.each(cases)('%s stays at %s, and another value goes elsewhere', async (_name, member, kind) => {
    const other = member === 'gohighlevel' ? 'square' : 'gohighlevel';
    const { contactId, links } = await hub.everywhere(
      { phone: null, email: null, familyName: `L${nextPhone().slice(-4)}` },
      member,
    );
    const ids = Object.fromEntries(members.map((each) => [each, links[each].external_id as string])) as Record<Member, string>;
    const at = async (each: Member) => kind.shown(each, await recordAt(each, ids[each]));

    await changeAt(member, ids[member], kind.change(member, kind.odd));
    await hub.take({ linkId: links[member].id });
    expect([await at(member), await at(other)]).toEqual([[kind.odd], []]);

    const good = kind.good();
    await changeAt(other, ids[other], kind.change(other, good));
    await hub.take({ linkId: links[other].id });
    for (const each of members) {
      const hasOdd = each === member || (each === 'google' && kind.isSpread);
      const expected = [...(hasOdd ? [kind.odd] : []), ...(each !== member || each === 'google' ? [good] : [])];
      expect([each, (await at(each)).toSorted()]).toEqual([each, expected.toSorted()]);
    }

    // Nothing is out of step, and no lane is parked.
    for (const each of members) {
      const { outOfStep } = await hub.observe({ linkId: links[each].id });
      expect([each, outOfStep, (await hub.link(contactId, each)).last_error]).toEqual([each, [], null]);
    }

    // A person corrects it there.
    const corrected = kind.good();
    await changeAt(member, ids[member], kind.change(member, corrected));
    await hub.take({ linkId: links[member].id });
    expect([await at(member), await at('google')]).toEqual([
      expect.arrayContaining([corrected]),
      expect.arrayContaining([corrected]),
    ]);
    expect(await at('google')).not.toContain(kind.odd);
  });

  it('a Square record that was read before it was kept is read again before the next write', async () => {
    const { contactId, links } = await hub.everywhere({ phone: null, email: null, familyName: `L${nextPhone().slice(-4)}` });
    const id = links.square.external_id as string;
    await changeAt('square', id, { email_address: 'see notes' });
    await hub.observe({ linkId: links.square.id });
    // The state that an older version left: the text is not in the shadow.
    const { db } = hub.accord;
    const { shadow } = await hub.linkById(links.square.id);
    await db
      .updateTable('link')
      .set({ shadow: JSON.stringify({ ...shadow, emails: [] }) })
      .where('id', '=', links.square.id)
      .execute();
    const { fields } = await hub.contact(contactId);
    await db
      .updateTable('contact')
      .set({ fields: JSON.stringify({ ...fields, emails: [] }) })
      .where('id', '=', contactId)
      .execute();
    // Kysely types its tables, which a migration does not know.
    await textsReadAsEmpty.up(db as never);

    await changeAt('gohighlevel', links.gohighlevel.external_id as string, { email: 'ada@example.com' });
    await hub.take({ linkId: links.gohighlevel.id });
    expect(await recordAt('square', id)).toMatchObject({ email_address: 'see notes' });
  });
});
