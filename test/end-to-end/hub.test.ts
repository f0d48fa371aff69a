import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findContact } from '#db/contacts/contacts.ts';
import { listHistory } from '#db/contacts/history.ts';
import { type Accord, changeInSquare, control, dialerContacts, recordsOf, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import {
  edit,
  eventuallyPolled,
  findPeople,
  members,
  peopleIn,
  syncedPerson,
  untilEverywhere,
  untilIdle,
} from '#test/setup/hub.ts';
import { lastRequest } from '#test/setup/passes.ts';
import { inDialer, nextPhone } from '#test/setup/people.ts';
import { pollNow } from '#test/setup/polls.ts';
import { formOrigin } from '#test/setup/provider-settings.ts';

let accord: Accord;
beforeAll(async () => {
  // One connection is enough: a transaction that waited for a second one would wait for ever, as many do in a full pool.
  accord = await startAccord({ providers: ['gohighlevel', 'calltools', 'square', 'google', 'webform'], poolSize: 1 });
  await pollNow(accord, 'google');
});
afterAll(() => accord.close());

describe('a new contact', () => {
  it.each(members)('in %s reaches the other providers, with name, phone and email', async (member) => {
    const phone = nextPhone();
    const email = `new.${phone.slice(-4)}@example.com`;
    await edit(accord, member, { givenName: 'Ada', familyName: 'Lovelace', phone, email });
    await untilEverywhere(accord, email, { givenName: 'Ada', familyName: 'Lovelace', phones: [phone], emails: [email] });
  });

  it('at two providers at once becomes one contact', async () => {
    const phone = nextPhone();
    const email = `both.${phone.slice(-4)}@example.com`;
    const ada = { givenName: 'Ada', familyName: 'Lovelace', phone, email };
    await Promise.all([edit(accord, 'gohighlevel', ada), edit(accord, 'square', ada), edit(accord, 'google', ada)]);
    const { ids } = await untilEverywhere(accord, email, { givenName: 'Ada' });
    // The contact of one record may be idle before the webhook of another has arrived.
    await eventually(async () => {
      const contactIds = await Promise.all(members.map((member) => accord.contactIdOf(ids[member])));
      expect(new Set(contactIds).size).toBe(1);
    });
    await untilIdle(accord, ids.gohighlevel);
    await untilEverywhere(accord, email, { givenName: 'Ada' });
  });
});

describe('an edit', () => {
  it.each(members)('of a name in %s reaches the other providers', async (member) => {
    const { ids, email } = await syncedPerson(accord);
    await edit(accord, member, { givenName: 'Augusta', familyName: 'King' }, ids[member]);
    expect(await untilEverywhere(accord, email, { givenName: 'Augusta', familyName: 'King' })).toEqual({ ids });
  });

  it.each(members)('of the phone number in %s reaches the other providers', async (member) => {
    const { ids, email } = await syncedPerson(accord);
    const phone = nextPhone();
    await edit(accord, member, { phone }, ids[member]);
    expect(await untilEverywhere(accord, email, { phones: [phone] })).toEqual({ ids });
  });

  it.each([
    ['square', 'google'],
    ['google', 'square'],
  ] as const)('of the note in %s is in %s', async (from, to) => {
    const { ids, email } = await syncedPerson(accord);
    await edit(accord, from, { note: 'Prefers mornings.\nHas a dog.' }, ids[from]);
    await eventuallyPolled(accord, async () =>
      expect(await findPeople(accord, to, email)).toEqual([expect.objectContaining({ note: 'Prefers mornings.\nHas a dog.' })]),
    );
  });

  it('in Google arrives by a poll, and a second poll costs one call and no write', async () => {
    const { ids, email } = await syncedPerson(accord);
    await edit(accord, 'google', { familyName: 'King' }, ids.google);
    await untilEverywhere(accord, email, { familyName: 'King' });
    await untilIdle(accord, ids.gohighlevel);
    await pollNow(accord, 'google');
    const before = accord.sandboxes.google.requests().at(-1)?.sequence ?? 0;
    await pollNow(accord, 'google');
    expect(accord.sandboxes.google.requests(before).map(({ method }) => method)).toEqual(['GET']);
  });

  it('elsewhere costs no read in Square when its webhook about our write arrives', async () => {
    const { ids, email } = await syncedPerson(accord);
    const { square } = accord.sandboxes;
    await square.webhooks.idle();
    await untilIdle(accord, ids.gohighlevel);
    const before = lastRequest(square);
    await edit(accord, 'gohighlevel', { givenName: 'Augusta' }, ids.gohighlevel);
    await untilEverywhere(accord, email, { givenName: 'Augusta' });
    await square.webhooks.idle();
    await untilIdle(accord, ids.gohighlevel);
    const methods = square.requests(before).map(({ method }) => method);
    // A read of the create, whose webhook may have come before its answer, may still have been under way.
    expect(methods.slice(methods.indexOf('PUT'))).toEqual(['PUT']);
  });

  it('of a lead reaches the dialer as well', async () => {
    const { ids, phone } = await syncedPerson(accord);
    await control(accord.sandboxes.gohighlevel, 'POST', 'records', {
      contacts: [{ id: ids.gohighlevel, addTags: ['cold lead'] }],
    });
    await eventually(async () => expect(await inDialer(accord, phone)).toMatchObject([{ bucketNames: ['Cold Leads'] }]));
    const moved = nextPhone();
    await edit(accord, 'square', { givenName: 'Augusta', phone: moved }, ids.square);
    await eventually(async () => expect(await inDialer(accord, moved)).toMatchObject([{ first_name: 'Augusta' }]));
    expect(await inDialer(accord, phone)).toEqual([]);
  });
});

describe('a contact marked do-not-call in the dialer', () => {
  it('is marked in GHL, and leaves the bucket', async () => {
    const { ids, phone } = await syncedPerson(accord);
    await control(accord.sandboxes.gohighlevel, 'POST', 'records', {
      contacts: [{ id: ids.gohighlevel, addTags: ['cold lead'] }],
    });
    await eventually(async () => expect(await inDialer(accord, phone)).toMatchObject([{ bucketNames: ['Cold Leads'] }]));
    const [lead] = await inDialer(accord, phone);
    await control(accord.sandboxes.calltools, 'POST', 'records', {
      dispositions: [{ name: 'Never again', set_contact_dnc: true }],
      update: [{ id: lead?.id, disposition: 'Never again' }],
    });
    await eventually(async () => {
      await pollNow(accord, 'calltools');
      expect(await inDialer(accord, phone)).toMatchObject([{ bucketNames: [], do_not_contact: true }]);
    });
    await eventually(async () => {
      const contacts = await recordsOf<{ id: string; dnd?: boolean; dndSettings?: { Call?: { status: string } } }>(
        accord.sandboxes.gohighlevel,
      );
      const { dnd, dndSettings } = contacts.find(({ id }) => id === ids.gohighlevel) ?? {};
      expect(dnd || dndSettings?.Call?.status === 'active').toBe(true);
    });
  });
});

describe('a form', () => {
  const submit = (body: object, headers: Record<string, string> = {}) =>
    fetch(`${accord.api.url}/webforms/contact`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: formOrigin, ...headers },
      body: JSON.stringify(body),
    });
  const visitor = () => {
    const phone = nextPhone();
    return { name: 'Grace Hopper', email: `grace.${phone.slice(-4)}@example.com`, phone, message: 'Please call me.' };
  };

  it('makes one contact everywhere', async () => {
    const grace = visitor();
    expect((await submit(grace)).ok).toBe(true);
    await untilEverywhere(accord, grace.email, { givenName: 'Grace', familyName: 'Hopper', phones: [grace.phone] });
  });

  it('submitted twice makes one contact', async () => {
    const grace = visitor();
    await Promise.all([submit(grace), submit(grace)]);
    const { ids } = await untilEverywhere(accord, grace.email);
    await submit(grace);
    await untilIdle(accord, ids.gohighlevel);
    expect(await untilEverywhere(accord, grace.email)).toEqual({ ids });
  });

  it('of a known contact adds its new values', async () => {
    const { ids, email, phone } = await syncedPerson(accord);
    await submit({ name: 'Ada Lovelace', email, phone, message: 'Please write to me.' });
    await eventually(async () => expect((await findPeople(accord, 'square', email))[0]?.note).toContain('Please write to me.'));
    expect(await untilEverywhere(accord, email)).toEqual({ ids });
  });
});

describe('a customer who unsubscribes from email in Square', () => {
  it('gets no email from GHL either', async () => {
    const { ids } = await syncedPerson(accord);
    const emailInGhl = async () => {
      const contacts = await recordsOf<{ id: string; dndSettings?: { Email?: { status: string } } }>(
        accord.sandboxes.gohighlevel,
      );
      return contacts.find(({ id }) => id === ids.gohighlevel)?.dndSettings?.Email?.status;
    };
    await changeInSquare(accord.sandboxes, { id: ids.square, preferences: { email_unsubscribed: true } });
    await eventually(async () => expect(await emailInGhl()).toBe('active'));
    await untilIdle(accord, ids.gohighlevel);
    const contact = await findContact(accord.db, await accord.contactIdOf(ids.gohighlevel));
    expect(contact?.fields.doNotContact).toEqual({ call: false, sms: false, email: true });
    expect(contact?.provenance.doNotContact?.by?.email).toEqual([expect.stringMatching(/^square:/)]);
  });
});

describe('a consent in a form', () => {
  it('lifts a refusal made in GHL, and its text is in the history once', async () => {
    const { ids, email, phone } = await syncedPerson(accord);
    await control(accord.sandboxes.gohighlevel, 'POST', 'records', { contacts: [{ id: ids.gohighlevel, dnd: true }] });
    const contact = async () => findContact(accord.db, await accord.contactIdOf(ids.gohighlevel));
    await eventually(async () => expect((await contact())?.fields.doNotContact).toMatchObject({ call: true, email: true }));

    const answer = await fetch(`${accord.api.url}/webforms/trusting`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: formOrigin },
      body: JSON.stringify({ name: 'Ada Lovelace', email, phone, message: 'Please call me.', consent: true }),
    });
    expect(answer.status).toBe(202);
    const allowed = { call: false, sms: false, email: true };
    await eventually(async () => expect((await contact())?.fields.doNotContact).toEqual(allowed));
    await untilIdle(accord, ids.gohighlevel);
    const history = await listHistory(accord.db, await accord.contactIdOf(ids.gohighlevel), 100);
    const consents = history.filter(({ kind }) => kind === 'consent');
    expect(consents).toHaveLength(1);
    expect(JSON.stringify(consents[0]?.after)).toContain('You may call me.');
    expect((await contact())?.fields.doNotContact).toEqual(allowed);
  });
});

describe('after all tests of this file', () => {
  it('every contact is at every provider once', async () => {
    const counts = await Promise.all(members.map(async (member) => (await peopleIn(accord, member)).length));
    const { count } = await accord.db
      .selectFrom('contact')
      .select(({ fn }) => fn.countAll<string>().as('count'))
      .where('merged_into', 'is', null)
      .executeTakeFirstOrThrow();
    expect(counts).toEqual(members.map(() => Number(count)));
    for (const member of members) {
      const keys = (await peopleIn(accord, member)).flatMap(({ emails }) => emails);
      expect([member, new Set(keys).size]).toEqual([member, keys.length]);
    }
    const numbers = (await dialerContacts(accord.sandboxes)).map(({ mobile_phone_number }) => mobile_phone_number);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});
