import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ConnectedProvider } from '#activities/deps.ts';
import { pushBatch } from '#activities/passes/push-batch.ts';
import { reconcilePage } from '#activities/passes/reconcile-page.ts';
import { completeRun, listUnplacedContacts, startRun } from '#activities/passes/reconcile-run.ts';
import { acceptEvent } from '#db/sync/inbox.ts';
import type { ProviderClient } from '#providers/provider.ts';
import { useHub } from '#test/activities/contact/hub.ts';
import { arrivedEvent } from '#test/db/test-database.ts';
import { control } from '#test/setup/accord.ts';
import type { Member } from '#test/setup/hub.ts';
import { nextPhone } from '#test/setup/people.ts';

const hub = useHub();
const providers = ['gohighlevel', 'calltools', 'square', 'google'] as const;
type ProviderName = (typeof providers)[number];

/** Runs a full pass, page after page, without a workflow. */
async function pass(provider: ProviderName, deps = hub.deps) {
  const runId = await startRun(deps, { provider, trigger: 'test', workflowId: 'test', workflowRunId: 'test' });
  const push: Record<string, string[]> = {};
  let cursor: string | null = null;
  do {
    const page = await reconcilePage(deps, { runId, provider, cursor, cause: 'test' }, {}, () => {});
    for (const [target, ids] of Object.entries(page.push)) push[target] = [...(push[target] ?? []), ...ids];
    cursor = page.cursor;
  } while (cursor !== null);
  return { push, counts: await completeRun(deps, { runId, provider }) };
}

/** A person with records at all four providers, the dialer included. */
async function leadEverywhere() {
  const person = await hub.everywhere();
  await hub.records('gohighlevel', {
    contacts: [{ id: person.links.gohighlevel.external_id, tags: ['cold lead'] }],
    webhooks: false,
  });
  await hub.take({ linkId: person.links.gohighlevel.id });
  const calltools = await hub.link(person.contactId, 'calltools');
  return { ...person, links: { ...person.links, calltools } };
}

const change = (provider: ProviderName, id: string | null) =>
  provider === 'calltools'
    ? hub.records('calltools', { update: [{ id: Number(id), first_name: 'Augusta' }] })
    : hub.edit(provider, { givenName: 'Augusta' }, id);
const remove = (provider: ProviderName, id: string | null) =>
  hub.records(provider, { delete: [provider === 'calltools' ? Number(id) : id] });

/** Backdates the link: new records may be missing from a listing that lags. */
const age = (linkId: string) =>
  hub.accord.db
    .updateTable('link')
    .set({ created_at: new Date('2026-01-01') })
    .where('id', '=', linkId)
    .execute();
const toRead = () => hub.announced.flatMap(({ observe }) => observe.map(({ linkId }) => linkId));

describe.each(providers)('a full pass over %s', (provider) => {
  it('without drift lists its pages, and writes and signals nothing', async () => {
    const { contactId } = await leadEverywhere();
    const before = await hub.history(contactId);
    const calls = await hub.calls(provider, async () => {
      const { counts, push } = await pass(provider);
      expect(counts).toMatchObject({ drifted: 0, created: 0, missing: 0 });
      expect(counts.listed).toBeGreaterThan(0);
      expect(push).toEqual({});
    });
    expect(calls.filter((call) => /PUT|PATCH|DELETE|POST .*(customers|people|contacts)\/?$/.test(call))).toEqual([]);
    expect(hub.announced).toEqual([]);
    expect(await hub.history(contactId)).toEqual(before);
  });

  it('signals the contact’s workflow to read a record whose change was missed', async () => {
    const { contactId, links } = await leadEverywhere();
    await change(provider, links[provider].external_id);
    const { counts } = await pass(provider);
    expect(counts).toMatchObject({ drifted: 1 });
    expect(hub.announced).toEqual([
      {
        contactId,
        observe: [{ linkId: links[provider].id, provider }],
        push: [],
        priority: 5,
        arrival: { at: expect.any(Number) },
      },
    ]);
    await hub.take({ linkId: links[provider].id });
    expect((await hub.contact(contactId)).fields.givenName).toBe('Augusta');
  });

  it('signals the contact’s workflow to read a record that the listing lacks', async () => {
    const { links } = await leadEverywhere();
    await age(links[provider].id);
    await remove(provider, links[provider].external_id);
    const { counts } = await pass(provider);
    expect(counts).toMatchObject({ missing: 1 });
    expect(toRead()).toEqual([links[provider].id]);
    expect(await hub.linkById(links[provider].id)).toMatchObject({ state: 'linked' });
    await hub.observe({ linkId: links[provider].id });
    hub.wait(121);
    await hub.take({ linkId: links[provider].id });
  });
});

describe('a full pass', () => {
  it('makes a contact for a record whose creation was missed, at each member', async () => {
    for (const member of ['gohighlevel', 'square', 'google'] as const satisfies Member[]) {
      hub.announced.length = 0;
      const id = await hub.edit(member, { givenName: 'Grace', familyName: 'Hopper', phone: nextPhone() });
      expect((await pass(member)).counts).toMatchObject({ created: 1 });
      const { linkId } = await hub.claim(member, id);
      expect(toRead()).toEqual([linkId]);
      const { contactId, outOfStep } = await hub.observe({ linkId });
      await hub.settle(contactId, outOfStep);
    }
  });

  it('makes no contacts for records that Accord did not create in the dialer', async () => {
    const stranger = { first_name: 'Grace', last_name: 'Hopper', mobile_phone_number: nextPhone() };
    await hub.records('calltools', { create: [stranger] });
    await pass('calltools');
    expect(hub.announced).toEqual([]);
  });

  it('pushes contacts that an interrupted pass observed', async () => {
    const person = await hub.read('square');
    expect((await hub.contact(person.contactId)).syncStatus).toBe('pending');
    await pass('square');
    expect(toRead()).toEqual([person.linkId]);
    await hub.settle(person.contactId, person.result.outOfStep);
    hub.announced.length = 0;
    await pass('square');
    expect(toRead()).toEqual([]);
  });

  it('observes many new records itself, and pushes them to the other providers', async () => {
    const customers = Array.from({ length: 15 }, (_, at) => ({ given_name: `Ada ${at}`, phone_number: nextPhone() }));
    await hub.records('square', { customers, webhooks: false });
    const { push, counts } = await pass('square');
    expect(counts).toMatchObject({ created: 15 });
    expect(hub.announced).toEqual([]);
    for (const [provider, contactIds] of Object.entries(push)) {
      expect(contactIds).toHaveLength(15);
      await pushBatch(hub.deps, { runId: null, provider, contactIds, cause: 'test', owner: 'test' }, {});
    }
    const phone = customers[0]?.phone_number as string;
    for (const member of ['gohighlevel', 'google'] as const) expect(await hub.lookUp(member, phone)).toHaveLength(1);
    for (const member of ['gohighlevel', 'square', 'google'] as const)
      expect((await pass(member)).counts).toMatchObject({ drifted: 0, created: 0 });
  });

  it('is not stopped by one record that fails', async () => {
    const people = Array.from({ length: 12 }, (_, at) => ({ firstName: `Ada ${at}`, lastName: 'King', phone: nextPhone() }));
    const { contacts } = await hub.records<{ contacts: string[] }>('gohighlevel', { contacts: people, webhooks: false });
    await hub.fault('gohighlevel', { method: 'GET', path: `/contacts/${contacts[5]}`, status: 422, body: { message: 'No.' } });
    const { push } = await pass('gohighlevel');
    expect(push.square).toHaveLength(11);
    expect(toRead()).toEqual([(await hub.claim('gohighlevel', contacts[5] as string)).linkId]);
  });
});

describe('a provider that was connected later', () => {
  beforeAll(async () => {
    // Pushes the existing contacts first.
    for (const provider of ['gohighlevel', 'square', 'google'] as const) await place(provider);
  });

  async function place(provider: ProviderName): Promise<string[]> {
    const contactIds = await listUnplacedContacts(hub.deps, { provider, after: null });
    await pushBatch(hub.deps, { runId: null, provider, contactIds, cause: 'test', owner: 'test' }, {});
    return contactIds;
  }

  it('receives every contact that it should hold, once', async () => {
    const people = [await hub.read('gohighlevel'), await hub.read('gohighlevel'), await hub.read('google')];
    expect((await place('square')).toSorted()).toEqual(people.map(({ contactId }) => contactId).toSorted());
    for (const { phone } of people) expect(await hub.lookUp('square', phone)).toHaveLength(1);
    expect(await place('square')).toEqual([]);
  });

  it('does not receive contacts whose record was deleted there, nor deleted contacts', async () => {
    const { links } = await hub.everywhere({}, 'google');
    for (const provider of ['square', 'google'] as const) {
      await remove(provider, links[provider].external_id);
      await hub.observe({ linkId: links[provider].id });
    }
    hub.wait(121);
    for (const provider of ['square', 'google'] as const) await hub.observe({ linkId: links[provider].id });
    expect(await place('square')).toEqual([]);
  });

  it('receives nothing when it keeps only its own contacts, or is an audience target', async () => {
    await hub.read('gohighlevel');
    const linked = { ...hub.deps, sharing: { square: 'linked' as const } };
    expect(await listUnplacedContacts(linked, { provider: 'square', after: null })).toEqual([]);
    expect(await listUnplacedContacts(hub.deps, { provider: 'calltools', after: null })).toEqual([]);
    expect(await listUnplacedContacts(hub.deps, { provider: 'square', after: null })).toHaveLength(1);
  });
});

// Last, because its people are in step with nobody.
describe('a full pass after a merge at the vendor', () => {
  /** Two customers of Square, merged by the seller, with the contact that they became. */
  async function merged() {
    const old = [await hub.read('square', { phone: nextPhone() }), await hub.read('square', { phone: nextPhone() })];
    const ids = old.map(({ id }) => id);
    const answer = await hub.records<{ merged: string }>('square', { merge: { from_customer_ids: ids }, webhooks: false });
    const { accountId } = hub.accord.clients.square;
    const event = { provider: 'square', accountId, externalId: answer.merged, type: 'customer.created', replaces: ids };
    const { linkId } = await acceptEvent(hub.accord.db, arrivedEvent(event));
    await hub.observe({ linkId });
    return { ids, linkId, mergedId: answer.merged };
  }

  it('gives records links of their own again that an unmerge restored', async () => {
    await control(hub.accord.sandboxes.square, 'PATCH', 'settings', { recoveryKeepsId: true });
    const { ids, linkId, mergedId } = await merged();
    await hub.records('square', { unmerge: [mergedId], webhooks: false });
    expect((await pass('square')).counts).toMatchObject({ created: 2 });
    for (const id of ids) {
      const restored = await hub.claim('square', id);
      expect(restored.linkId).not.toBe(linkId);
      expect(toRead()).toContain(restored.linkId);
      await hub.observe(restored);
      expect(await hub.linkById(restored.linkId)).toMatchObject({ state: 'linked', external_id: id });
    }
  });

  it('passes over replaced records that the listing still shows', async () => {
    const { ids, linkId, mergedId } = await merged();
    const { client, ...square } = hub.deps.providers.get('square') as ConnectedProvider;
    const [row] = (await client.list({ cursor: null })).records.filter(({ externalId }) => externalId === mergedId);
    const list = async () => ({
      ...(await client.list({ cursor: null })),
      records: ids.map((externalId) => ({ ...row, externalId })),
    });
    const late = { ...square, client: { ...client, read: client.read, list } as ProviderClient };
    const providers = new Map([...hub.deps.providers, ['square', late]]);
    const runId = await startRun(hub.deps, { provider: 'square', trigger: 'test', workflowId: 'test', workflowRunId: 'test' });
    await reconcilePage({ ...hub.deps, providers }, { runId, provider: 'square', cursor: null, cause: 'test' }, {}, () => {});
    expect(toRead()).toEqual([]);
    expect(await hub.linkById(linkId)).toMatchObject({ external_id: mergedId, state: 'linked' });
  });
});
