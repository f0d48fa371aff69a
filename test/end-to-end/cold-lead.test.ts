import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Accord, changeInGhl, control, dialerContacts, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { createLead, inDialer, nextPhone, untilStatus } from '#test/setup/people.ts';
import { defaultTiming } from '#workflows/messages.ts';

let accord: Accord;
beforeAll(async () => {
  // The spacing of production: one test counts the reads of a burst.
  accord = await startAccord({ timing: { passSpacing: defaultTiming.passSpacing } });
});
afterAll(() => accord.close());

describe('a contact tagged "cold lead" in GHL', () => {
  it('arrives in the bucket of the dialer, with name, phone and reference', async () => {
    const phone = nextPhone();
    const id = await changeInGhl(accord.sandboxes, { firstName: 'Ada', lastName: 'Lovelace', email: 'ada@example.com', phone });
    await untilStatus(accord, id, 'not_eligible');
    expect(await inDialer(accord, phone)).toEqual([]);

    await changeInGhl(accord.sandboxes, { id, addTags: [' Cold Lead '] });
    await untilStatus(accord, id, 'synced');
    expect(await inDialer(accord, phone)).toEqual([
      expect.objectContaining({
        first_name: 'Ada',
        last_name: 'Lovelace',
        personal_email_address: 'ada@example.com',
        bucketNames: ['Cold Leads'],
        hub_contact_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      }),
    ]);
  });

  it('leaves the bucket when the tag is removed', async () => {
    const { id, phone } = await createLead(accord);
    await untilStatus(accord, id, 'synced');
    await changeInGhl(accord.sandboxes, { id, removeTags: ['cold lead'] });
    await untilStatus(accord, id, 'not_eligible');
    expect(await inDialer(accord, phone)).toMatchObject([{ bucketNames: [] }]);
  });

  it.each(['customer', 'Client', 'WON', 'purchased'])('leaves the bucket when tagged "%s"', async (tag) => {
    const { id, phone } = await createLead(accord);
    await untilStatus(accord, id, 'synced');
    await changeInGhl(accord.sandboxes, { id, addTags: [tag] });
    await untilStatus(accord, id, 'excluded_customer');
    expect(await inDialer(accord, phone)).toMatchObject([{ bucketNames: [] }]);
  });

  it('leaves the bucket and is marked do-not-contact when it must not be called', async () => {
    const { id, phone } = await createLead(accord);
    await untilStatus(accord, id, 'synced');
    await changeInGhl(accord.sandboxes, { id, dnd: true });
    await untilStatus(accord, id, 'not_eligible');
    expect(await inDialer(accord, phone)).toMatchObject([{ bucketNames: [], do_not_contact: true }]);
  });

  it('leaves the bucket when it is deleted in GHL', async () => {
    const { id, phone } = await createLead(accord);
    await untilStatus(accord, id, 'synced');
    await control(accord.sandboxes.gohighlevel, 'POST', 'records', { delete: [id] });
    await eventually(async () => expect(await inDialer(accord, phone)).toMatchObject([{ bucketNames: [] }]));
  });

  it('gets its new name and phone number in the dialer', async () => {
    const { id, phone } = await createLead(accord);
    await untilStatus(accord, id, 'synced');
    const moved = nextPhone();
    await changeInGhl(accord.sandboxes, { id, firstName: 'Augusta', phone: moved });
    await eventually(async () =>
      expect(await inDialer(accord, moved)).toMatchObject([{ first_name: 'Augusta', bucketNames: ['Cold Leads'] }]),
    );
    expect(await inDialer(accord, phone)).toEqual([]);
  });

  it.each([
    ['no phone', { phone: undefined }],
    ['the phone "000"', { phone: '000' }],
    ['the tag "cold leads", which is another', { tags: ['cold leads'] }],
  ])('stays out of the dialer with %s', async (_what, contact) => {
    const { id } = await createLead(accord, { firstName: 'Nobody', ...contact });
    await untilStatus(accord, id, 'not_eligible');
    expect((await dialerContacts(accord.sandboxes)).filter(({ first_name }) => first_name === 'Nobody')).toEqual([]);
  });
});

describe('the number of calls', () => {
  const calls = (after: { ghl: number; dialer: number }) => ({
    ghl: accord.sandboxes.gohighlevel.requests(after.ghl).map(({ method }) => method),
    dialer: accord.sandboxes.calltools.requests(after.dialer).map(({ method, path }) => `${method} ${path.split('?')[0]}`),
  });
  const now = () => ({
    ghl: accord.sandboxes.gohighlevel.requests().at(-1)?.sequence ?? 0,
    dialer: accord.sandboxes.calltools.requests().at(-1)?.sequence ?? 0,
  });

  it('is one read, one search and one create for a new lead', async () => {
    const warm = await createLead(accord);
    await untilStatus(accord, warm.id, 'synced');
    const before = now();
    const { id } = await createLead(accord);
    await untilStatus(accord, id, 'synced');
    expect(calls(before)).toEqual({ ghl: ['GET'], dialer: ['GET /api/contacts/', 'POST /api/contacts/'] });
  });

  it('is one read and no write for an event that changes nothing', async () => {
    const { id } = await createLead(accord);
    await untilStatus(accord, id, 'synced');
    const before = now();
    await changeInGhl(accord.sandboxes, { id, website: 'https://example.com' });
    await eventually(() => expect(calls(before).ghl).toEqual(['GET']));
    await untilStatus(accord, id, 'synced');
    expect(calls(before).dialer).toEqual([]);
  });
});

describe('a burst of 200 events for one contact', () => {
  it('costs three reads in its first two seconds, one more per two seconds, and ends in the newest state', async () => {
    const { id, phone } = await createLead(accord);
    await untilStatus(accord, id, 'synced');
    const before = accord.sandboxes.gohighlevel.requests().at(-1)?.sequence ?? 0;
    const startedAt = Date.now();
    for (let index = 0; index < 200; index += 1) {
      await changeInGhl(accord.sandboxes, { id, firstName: `Ada${index}` });
    }
    await eventually(async () => expect(await inDialer(accord, phone)).toMatchObject([{ first_name: 'Ada199' }]));
    await untilStatus(accord, id, 'synced');
    const lasted = Date.now() - startedAt;
    const reads = accord.sandboxes.gohighlevel.requests(before).length;
    expect(reads).toBeLessThanOrEqual(3 + Math.floor(lasted / 2_000));
  });
});
