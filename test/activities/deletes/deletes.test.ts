import { beforeEach, describe, expect, it } from '@jest/globals';
import { setAccountMode } from '#db/sync/account-modes.ts';
import { acceptEvent } from '#db/sync/inbox.ts';
import { NotFoundError, UnavailableError } from '#providers/errors.ts';
import { useHub } from '#test/activities/contact/hub.ts';
import { arrivedEvent } from '#test/db/test-database.ts';
import { deletingAt } from './deleting.ts';

const hub = useHub();
const { rules, lose, requests, states, isIn } = deletingAt(hub);
// Deletions of other tests would count as many.
beforeEach(async () => {
  await hub.accord.db.deleteFrom('delete_request').execute();
});
const deleting = () => rules({ from: { gohighlevel: { to: { square: 'delete' } } } });

describe('a record that was deleted at one account', () => {
  it('asks about those at the others, and leaves them as they are', async () => {
    const { contactId, links } = await hub.everywhere();
    expect((await lose(links.gohighlevel)).outOfStep).toEqual([]);
    expect(await requests(contactId)).toMatchObject([
      { source: 'gohighlevel', provider: 'google', state: 'open', because: 'policy', event: null, link_id: links.google.id },
      { source: 'gohighlevel', provider: 'square', state: 'open', because: 'policy', link_id: links.square.id },
    ]);
    await hub.settle(contactId, ['google', 'square']);
    expect(await isIn('square', links.square.external_id)).toBe(true);
    expect(await isIn('google', links.google.external_id)).toBe(true);
  });

  it('has no consequences where the policy is to ignore it', async () => {
    const { contactId, links } = await hub.everywhere();
    await lose(links.gohighlevel, rules({ policy: 'ignore' }));
    expect(await requests(contactId)).toEqual([]);
    expect(await hub.linkById(links.gohighlevel.id)).toMatchObject({ state: 'tombstoned' });
  });

  it('has no consequences when it was one of two records of the person there', async () => {
    const { contactId, links, email } = await hub.everywhere();
    const double = await hub.read('gohighlevel', { email });
    expect(double.contactId).toBe(contactId);
    // Else the double would count as the record that took its place.
    await lose(
      links.gohighlevel,
      hub.depsWith('gohighlevel', () => ({ find: async () => [] })),
    );
    expect(await requests(contactId)).toEqual([]);
  });

  it('is not created again where the webhook about our create came before its answer', async () => {
    const { contactId, phone } = await hub.read('square');
    const overtaken = hub.depsWith('gohighlevel', (client) => ({
      async create(...given) {
        const created = await client.create(...given);
        await hub.claim('gohighlevel', created.record.externalId);
        return created;
      },
    }));
    await hub.push(contactId, 'gohighlevel', { with: overtaken });
    await lose(await hub.link(contactId, 'gohighlevel'));
    const calls = await hub.calls('gohighlevel', () => hub.push(contactId, 'gohighlevel'));
    expect(calls).toEqual([]);
    expect(await hub.lookUp('gohighlevel', phone)).toEqual([]);
  });

  describe('before the answer to its create came', () => {
    /** Somebody whose create at Square landed without an answer, was deleted there, and has another name since. */
    async function deletedUnanswered() {
      const known = await hub.read('gohighlevel');
      await hub.push(known.contactId, 'google');
      await hub.fault('square', { method: 'POST', path: '/v2/customers', dropResponse: true });
      await hub.push(known.contactId, 'square').catch(() => {});
      const [landed] = await hub.lookUp('square', known.phone);
      await hub.records('square', { delete: [landed?.id] });
      await hub.edit('gohighlevel', { givenName: 'Augusta' }, known.id);
      await hub.observe(known);
      hub.wait(6);
      const push = () => hub.push(known.contactId, 'square');
      await expect(push()).rejects.toThrow('its search does not show it');
      return { ...known, push };
    }

    it('asks about the others, and is not created again', async () => {
      const { contactId, phone, push } = await deletedUnanswered();
      hub.wait(60);
      await expect(push()).rejects.toThrow('its search does not show it');
      expect(await states(contactId)).toEqual([]);
      hub.wait(61);
      expect(await push()).toMatchObject({ outcome: 'gone' });
      expect(await states(contactId)).toEqual(['gohighlevel open', 'google open']);
      expect(await hub.link(contactId, 'square')).toMatchObject({ state: 'tombstoned', external_id: null, lease_owner: null });
      expect(await hub.calls('square', push)).toEqual([]);
      expect(await hub.lookUp('square', phone)).toEqual([]);
    });

    it('is the record of the person again when it shows up later, and nothing is asked any more', async () => {
      const { contactId, push } = await deletedUnanswered();
      const { reference } = await hub.link(contactId, 'square');
      hub.wait(121);
      await push();
      const { customers } = await hub.records<{ customers: string[] }>('square', {
        customers: [{ given_name: 'Grace', family_name: 'Hopper', reference_id: reference }],
        webhooks: false,
      });
      expect(await hub.observe(await hub.claim('square', customers[0] as string))).toMatchObject({ contactId });
      expect(await hub.link(contactId, 'square')).toMatchObject({ state: 'linked', external_id: customers[0] });
      expect(await states(contactId)).toEqual(['gohighlevel withdrawn', 'google withdrawn']);
    });
  });

  describe('while a record of the person is created at another one', () => {
    /** Somebody who is deleted at GoHighLevel while the create at Google is under way. */
    async function lostMeanwhile(deps = hub.deps) {
      const { contactId } = await hub.read('square');
      await hub.push(contactId, 'gohighlevel');
      const meanwhile = hub.depsWith('google', (client) => ({
        async create(...given) {
          const created = await client.create(...given);
          await lose(await hub.link(contactId, 'gohighlevel'), deps);
          return created;
        },
      }));
      await hub.push(contactId, 'google', { with: { ...deps, providers: meanwhile.providers } });
      return { contactId, link: await hub.link(contactId, 'google') };
    }

    it('asks about that one, too', async () => {
      const { contactId, link } = await lostMeanwhile();
      expect(await states(contactId)).toEqual(['google open', 'square open']);
      expect(await isIn('google', link.external_id)).toBe(true);
    });

    it('deletes that one, too, where the settings say so', async () => {
      const { contactId, link } = await lostMeanwhile(rules({ from: { gohighlevel: { to: { google: 'delete' } } } }));
      expect(await states(contactId)).toEqual(['google deleted', 'square open']);
      expect(await isIn('google', link.external_id)).toBe(false);
    });

    describe('by a create that began while the lost record was missing', () => {
      const lostAnswer = new UnavailableError({ provider: 'google', operation: 'create contact', message: 'Lost.' });

      /** Somebody who is only at Square, and turns out to be deleted there. Returns what has been asked when `meanwhile` has come, too. */
      async function onlyMissed(meanwhile: (createdId: string) => Promise<unknown>) {
        const { id: lostId, linkId, contactId } = await hub.read('square');
        await hub.records('square', { delete: [lostId] });
        expect(await hub.observe({ linkId })).toMatchObject({ outcome: 'missing' });
        const deps = hub.depsWith('google', (client) => ({
          async create(...given) {
            const created = await client.create(...given);
            hub.wait(121);
            expect(await hub.observe({ linkId })).toMatchObject({ outcome: 'gone' });
            await meanwhile(created.record.externalId);
            return created;
          },
        }));
        await hub.push(contactId, 'google', { with: deps }).catch((error) => expect(error).toEqual(lostAnswer));
        expect(await hub.calls('gohighlevel', () => hub.push(contactId, 'gohighlevel'))).toEqual([]);
        return states(contactId);
      }

      it('asks about that one, too, when a webhook about it comes before the answer', async () => {
        expect(await onlyMissed((id) => hub.claim('google', id))).toEqual(['google open']);
      });

      it('asks about that one, too, when it is read, and no answer comes', async () => {
        const meanwhile = async (id: string) => {
          await hub.observe(await hub.claim('google', id));
          throw lostAnswer;
        };
        expect(await onlyMissed(meanwhile)).toEqual(['google open']);
      });
    });
  });

  it('has no consequences for a record that is created afterwards, while the person is elsewhere', async () => {
    const { contactId } = await hub.read('square');
    await hub.push(contactId, 'gohighlevel');
    await lose(await hub.link(contactId, 'gohighlevel'));
    await hub.push(contactId, 'google');
    expect(await states(contactId)).toEqual(['square open']);
  });

  it.each([
    ['somebody entered', 'provider'],
    ['Accord created for a form', 'accord'],
  ] as const)('asks about a record that was created afterwards once the one that %s is deleted, too', async (_, origin) => {
    const { contactId, linkId } = await hub.read('square');
    await hub.accord.db.updateTable('link').set({ origin }).where('id', '=', linkId).execute();
    await hub.push(contactId, 'gohighlevel');
    await lose(await hub.link(contactId, 'gohighlevel'), deleting());
    await hub.push(contactId, 'google');
    const { external_id: googleId } = await hub.link(contactId, 'google');
    await hub.push(contactId, 'square', { with: deleting() });
    expect(await states(contactId)).toEqual(['google open', 'square deleted']);
    expect(await isIn('google', googleId)).toBe(true);
  });

  it('has no consequences for a record that somebody entered afterwards', async () => {
    const email = 'entered.later@example.com';
    const { contactId, linkId, phone } = await hub.read('square', { email });
    await hub.accord.db.updateTable('link').set({ origin: 'accord' }).where('id', '=', linkId).execute();
    await hub.push(contactId, 'gohighlevel');
    await lose(await hub.link(contactId, 'gohighlevel'), deleting());
    expect(await hub.read('google', { email, phone })).toMatchObject({ contactId });
    await hub.push(contactId, 'square', { with: deleting() });
    expect(await states(contactId)).toEqual(['square deleted']);
  });

  it('is deleted at the others at once where the settings say so, by one call each', async () => {
    const { contactId, links } = await hub.everywhere();
    const { outOfStep } = await lose(links.gohighlevel, deleting());
    expect(outOfStep).toEqual(['square']);
    const calls = await hub.calls('square', () => hub.settle(contactId, outOfStep));
    expect(calls.filter((call) => call.startsWith('DELETE'))).toEqual([`DELETE /v2/customers/${links.square.external_id}`]);
    expect(await isIn('square', links.square.external_id)).toBe(false);
    expect(await states(contactId)).toEqual(['google open', 'square deleted']);
    expect(await hub.linkById(links.square.id)).toMatchObject({ state: 'tombstoned', removal_id: null, lease_owner: null });
    expect(await hub.history(contactId)).toContainEqual(
      expect.objectContaining({ kind: 'removed', provider: 'square', after: { becauseOf: 'gohighlevel' } }),
    );
  });

  it('is deleted although another attempt was killed after it had begun, while this one read the record', async () => {
    const { contactId, links } = await hub.everywhere();
    await lose(links.gohighlevel, deleting());
    const lost = new UnavailableError({ provider: 'square', operation: 'delete contact', message: 'Lost.' });
    const killed = hub.depsWith('square', () => ({ remove: () => Promise.reject(lost) }));
    const overtaken = hub.depsWith('square', ({ read }) => ({
      async read(...args) {
        const record = await read(...args);
        if ((await hub.linkById(links.square.id)).state === 'linked')
          await expect(hub.push(contactId, 'square', { with: killed })).rejects.toThrow('Lost');
        return record;
      },
    }));
    expect(await hub.push(contactId, 'square', { with: overtaken })).toMatchObject({ outcome: 'gone' });
    expect(await isIn('square', links.square.external_id)).toBe(false);
    expect(await states(contactId)).toEqual(['google open', 'square deleted']);
  });

  it('is not created again, and the vendor’s webhook about our deletion changes nothing', async () => {
    const { contactId, links } = await hub.everywhere();
    const { outOfStep } = await lose(links.gohighlevel, deleting());
    await hub.settle(contactId, outOfStep);
    const before = await states(contactId);
    for (const seconds of [0, 100, 300]) {
      hub.wait(seconds);
      await hub.observe({ linkId: links.square.id });
      await hub.settle(contactId, ['square', 'google', 'gohighlevel']);
    }
    expect(await states(contactId)).toEqual(before);
    expect((await hub.links(contactId)).filter(({ provider }) => provider === 'square')).toHaveLength(1);
  });

  it('is archived where its vendor can do that, and comes back from there with its source', async () => {
    const { contactId, links } = await hub.everywhere();
    await hub.records('google', { people: [] });
    await hub.records('gohighlevel', { contacts: [{ id: links.gohighlevel.external_id, tags: ['cold lead'] }], webhooks: false });
    await hub.take({ linkId: links.gohighlevel.id });
    const calltools = await hub.link(contactId, 'calltools');
    const result = await lose(links.google, rules({ policy: 'ignore', from: { google: { to: { calltools: 'archive' } } } }));
    expect(result.outOfStep).toEqual(['calltools']);
    await hub.settle(contactId, result.outOfStep);
    expect((await hub.linkById(calltools.id)).shadow).toMatchObject({ lists: [] });
    expect(await states(contactId)).toEqual(['calltools archived']);
    const back = await hub.read('google', { email: (await hub.contact(contactId)).fields.emails[0]?.address });
    expect(back.contactId).toBe(contactId);
    expect(back.result.outOfStep).toContain('calltools');
    expect(await states(contactId)).toEqual(['calltools withdrawn']);
  });
});

describe('a request', () => {
  it('ends when the lost record is back under its id', async () => {
    const { contactId, links } = await hub.everywhere();
    await lose(links.google);
    await hub.edit('google', { givenName: 'Ada', familyName: 'Lovelace' }, links.google.external_id);
    await hub.observe({ linkId: links.google.id });
    expect(await states(contactId)).toEqual(['gohighlevel withdrawn', 'square withdrawn']);
  });

  it('ends when the person is entered again with the same email, also with the same values', async () => {
    const { contactId, links, email } = await hub.everywhere();
    await lose(links.gohighlevel);
    expect(await hub.contact(contactId)).toMatchObject({ isDeleted: true });
    const [phone] = (await hub.contact(contactId)).fields.phones;
    const again = await hub.read('gohighlevel', { email, phone: phone?.raw });
    expect(again.contactId).toBe(contactId);
    expect(await states(contactId)).toEqual(['google withdrawn', 'square withdrawn']);
    expect(await hub.contact(contactId)).toMatchObject({ isDeleted: false });
  });

  it('is one for a record that two accounts have lost, and none for a record that is lost itself', async () => {
    const { contactId, links } = await hub.everywhere();
    await lose(links.gohighlevel);
    await lose(links.square);
    expect(await states(contactId)).toEqual(['google open', 'square withdrawn']);
  });

  it('follows its record into another contact, and ends there when that one has a record at the source', async () => {
    const { contactId, links, email } = await hub.everywhere();
    await lose(links.gohighlevel);
    const other = await hub.read('gohighlevel', { familyName: 'Byron' });
    await hub.edit('gohighlevel', { familyName: 'Lovelace', email }, other.id);
    await hub.observe({ linkId: other.linkId });
    const survivor = (await hub.contact(contactId)).mergedInto ?? contactId;
    expect((await hub.contact(other.contactId)).mergedInto ?? other.contactId).toBe(survivor);
    expect(await states(survivor)).toEqual(['google withdrawn', 'square withdrawn']);
  });
});

describe('a deletion that the settings allow', () => {
  it('asks when the record was edited meanwhile, and keeps the edit', async () => {
    const { contactId, links } = await hub.everywhere();
    const { outOfStep } = await lose(links.gohighlevel, deleting());
    await hub.edit('square', { note: 'Prefers mornings' }, links.square.external_id);
    await hub.settle(contactId, outOfStep);
    expect(await requests(contactId)).toMatchObject([{}, { provider: 'square', state: 'open', because: 'edited', seen: null }]);
    expect(await isIn('square', links.square.external_id)).toBe(true);
    expect((await hub.contact(contactId)).fields.note).toBe('Prefers mornings');
  });

  it('asks when the account was paused meanwhile', async () => {
    const { contactId, links } = await hub.everywhere();
    const { outOfStep } = await lose(links.gohighlevel, deleting());
    await setAccountMode(hub.accord.db, 'square', 'paused');
    await hub.settle(contactId, outOfStep);
    await setAccountMode(hub.accord.db, 'square', 'live');
    expect(await requests(contactId)).toMatchObject([{}, { provider: 'square', state: 'open', because: 'not-live' }]);
    expect(await isIn('square', links.square.external_id)).toBe(true);
  });

  it('asks about the next ones when too many were deleted within an hour, and says so once', async () => {
    const few = rules({ from: { google: { to: { square: 'delete' } } }, maxPerHour: 1 });
    const seen: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      const { contactId, links } = await hub.everywhere({}, 'google');
      await lose(links.google, few);
      const [request] = (await requests(contactId)).filter(({ provider }) => provider === 'square');
      seen.push(`${request?.state} ${request?.because}`);
    }
    expect(seen.at(-1)).toBe('open many');
    const total = await hub.accord.db
      .selectFrom('webhook_total')
      .selectAll()
      .where('metric', '=', 'operational_events')
      .execute();
    expect(total).toContainEqual(expect.objectContaining({ label: 'deletes.stopped', total: '1' }));
  });

  it.each([
    ['before the call', 'remove', 1],
    ['after the call, whose answer is lost', 'remove-lands', 1],
  ])('is carried out once when the worker dies %s', async (_case, kind, deletes) => {
    const { contactId, links } = await hub.everywhere();
    const { outOfStep } = await lose(links.gohighlevel, deleting());
    const dying = hub.depsWith('square', (client) => ({
      async remove(externalId, call) {
        if (kind === 'remove-lands') await client.remove?.(externalId, call);
        throw new UnavailableError({ provider: 'square', operation: 'delete customer', message: 'No answer.' });
      },
    }));
    const calls = await hub.calls('square', async () => {
      await expect(hub.push(contactId, 'square', { with: dying })).rejects.toThrow('No answer.');
      // The webhook about the deletion arrives in between.
      await hub.observe({ linkId: links.square.id });
      await hub.settle(contactId, outOfStep);
    });
    expect(calls.filter((call) => call.startsWith('DELETE'))).toHaveLength(deletes);
    expect(await isIn('square', links.square.external_id)).toBe(false);
    expect(await states(contactId)).toEqual(['google open', 'square deleted']);
  });

  it('asks when somebody edits the record between a lost call and the next attempt', async () => {
    const { contactId, links } = await hub.everywhere();
    await lose(links.gohighlevel, deleting());
    const dying = hub.depsWith('square', () => ({
      async remove() {
        throw new UnavailableError({ provider: 'square', operation: 'delete customer', message: 'No answer.' });
      },
    }));
    await expect(hub.push(contactId, 'square', { with: dying })).rejects.toThrow('No answer.');
    await hub.edit('square', { note: 'Prefers mornings' }, links.square.external_id);
    await hub.push(contactId, 'square');
    expect(await states(contactId)).toEqual(['google open', 'square open']);
    expect(await isIn('square', links.square.external_id)).toBe(true);
  });

  it('ends by itself when the record is gone already', async () => {
    const { contactId, links } = await hub.everywhere();
    const { outOfStep } = await lose(links.gohighlevel, deleting());
    const gone = hub.depsWith('square', () => ({
      async read() {
        throw new NotFoundError({ provider: 'square', operation: 'read customer', message: 'Gone.' });
      },
    }));
    await hub.records('square', { delete: [links.square.external_id] });
    expect(await hub.push(contactId, 'square', { with: gone })).toMatchObject({ outcome: 'missing' });
    hub.wait(121);
    await hub.settle(contactId, outOfStep);
    expect(await states(contactId)).toEqual(['google open', 'square withdrawn']);
  });
});

it.each([
  ['a merge', 0],
  ['a merge that was told of after its customers counted as lost', 300],
])('%s at Square is no deletion', async (_case, seconds) => {
  const one = await hub.everywhere({}, 'square');
  const other = await hub.everywhere({ familyName: 'Byron' }, 'square');
  const replaced = [one, other].map(({ links }) => links.square.external_id as string);
  const { merged } = await hub.records<{ merged: string }>('square', {
    merge: { from_customer_ids: replaced },
    webhooks: false,
  });
  const blind = hub.depsWith('square', () => ({
    find: async () => [],
    async read() {
      throw new NotFoundError({ provider: 'square', operation: 'read customer', message: 'Gone.' });
    },
  }));
  await hub.observe({ linkId: one.links.square.id }, blind);
  hub.wait(seconds);
  await hub.observe({ linkId: one.links.square.id }, blind);
  const { accountId } = hub.accord.clients.square;
  const facts = { provider: 'square', accountId, externalId: merged, type: 'customer.created', replaces: replaced };
  const event = await acceptEvent(hub.accord.db, arrivedEvent(facts));
  const isLost = (await hub.linkById(one.links.square.id)).state === 'tombstoned';
  expect([isLost, await states(one.contactId)]).toEqual([seconds > 0, seconds > 0 ? ['gohighlevel open', 'google open'] : []]);
  const { contactId } = await hub.observe(event);
  hub.wait(300);
  for (const { links } of [one, other]) await hub.observe({ linkId: links.square.id });
  const pending = (await requests(contactId)).filter(({ state }) => state !== 'withdrawn');
  expect(pending).toEqual([]);
  expect(await hub.contact(contactId)).toMatchObject({ isDeleted: false });
});
