import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pollChanges } from '#activities/passes/poll-changes.ts';
import { reconcilePage } from '#activities/passes/reconcile-page.ts';
import { completeRun, startRun } from '#activities/passes/reconcile-run.ts';
import { UnreadableRecordError } from '#providers/errors.ts';
import { useHub } from '#test/activities/contact/hub.ts';
import { control } from '#test/setup/accord.ts';
import { nextPhone } from '#test/setup/people.ts';

const hub = useHub();
const logged: object[] = [];
const withLog = () => ({ ...hub.deps, log: { warn: (facts: object) => void logged.push(facts) } });

type Name = 'gohighlevel' | 'calltools' | 'square' | 'google';
interface OddRecord {
  provider: Name;
  /** A value that cannot be read as the field's. */
  set: object;
  reason: string;
}

const odd: OddRecord[] = [
  { provider: 'gohighlevel', set: { email: { address: 'ada' } }, reason: 'email is an object' },
  { provider: 'square', set: { given_name: ['Ada'] }, reason: 'givenName is a list' },
  { provider: 'google', set: { names: [{ givenName: { text: 'Ada' } }] }, reason: 'names.0.givenName is an object' },
  { provider: 'calltools', set: { mobile_phone_number: { number: 1 } }, reason: 'mobile_phone_number is an object' },
];

/** Somebody with a record at all four. */
async function everywhere() {
  const person = await hub.everywhere();
  await hub.records('gohighlevel', {
    contacts: [{ id: person.links.gohighlevel.external_id, tags: ['cold lead'] }],
    webhooks: false,
  });
  await hub.take({ linkId: person.links.gohighlevel.id });
  return { ...person, links: { ...person.links, calltools: await hub.link(person.contactId, 'calltools') } };
}

const spoil = (provider: Name, id: string | null, set: object, where: object = {}) =>
  hub.fault(provider, { ...where, record: { id, set }, times: undefined });
const heal = (provider: Name) => control(hub.accord.sandboxes[provider], 'DELETE', 'faults');
const rename = (provider: Name, id: string | null) =>
  provider === 'calltools'
    ? hub.records('calltools', { update: [{ id: Number(id), first_name: 'Augusta' }] })
    : hub.edit(provider, { givenName: 'Augusta' }, id);

async function pass(provider: Name) {
  const deps = withLog();
  const runId = await startRun(deps, { provider, trigger: 'test', workflowId: 'test', workflowRunId: 'test' });
  for (let cursor: string | null = null, isFirst = true; isFirst || cursor !== null; isFirst = false) {
    ({ cursor } = await reconcilePage(deps, { runId, provider, cursor, cause: 'test' }, {}, () => {}));
  }
  return completeRun(deps, { runId, provider });
}

const toRead = () => hub.announced.flatMap(({ observe }) => observe.map(({ linkId }) => linkId));
const age = (linkId: string) =>
  hub.accord.db
    .updateTable('link')
    .set({ created_at: new Date('2026-01-01') })
    .where('id', '=', linkId)
    .execute();

describe.each(odd)('a record of $provider that cannot be read', ({ provider, set, reason }) => {
  let person: Awaited<ReturnType<typeof everywhere>>;
  let other: Awaited<ReturnType<typeof everywhere>>;
  beforeEach(async () => {
    person = await everywhere();
    other = await everywhere();
    await age(person.links[provider].id);
    hub.announced.length = 0;
    logged.length = 0;
    await spoil(provider, person.links[provider].external_id, set);
    await rename(provider, other.links[provider].external_id);
  });
  afterEach(() => heal(provider));

  it('costs a full pass that record only', async () => {
    expect(await pass(provider)).toMatchObject({ unreadable: 1, drifted: 1, missing: 0 });
    expect(toRead().sort()).toEqual([person.links[provider].id, other.links[provider].id].sort());
    expect(await hub.linkById(person.links[provider].id)).toMatchObject({
      state: 'linked',
      last_error: { type: 'UnreadableRecordError', permanent: true, message: expect.stringContaining(reason) },
    });
  });

  it('is logged once, by its id and the type of the field', async () => {
    await pass(provider);
    await pass(provider);
    const { external_id: externalId } = person.links[provider];
    expect(logged).toEqual([{ provider, operation: 'list contacts', externalId, reason }]);
  });

  it('parks the lane that reads it, loses nothing, and is read again once it is corrected', async () => {
    const link = { linkId: person.links[provider].id };
    await expect(hub.observe(link)).rejects.toBeInstanceOf(UnreadableRecordError);
    hub.wait(200);
    await expect(hub.observe(link)).rejects.toBeInstanceOf(UnreadableRecordError);
    expect((await hub.contact(person.contactId)).fields.givenName).toBe('Ada');
    await heal(provider);
    await rename(provider, person.links[provider].external_id);
    await hub.take(link);
    expect((await hub.contact(person.contactId)).fields.givenName).toBe('Augusta');
    expect(await hub.linkById(link.linkId)).toMatchObject({ last_error: null });
  });
});

describe('a poll', () => {
  it.each(odd.slice(2))('of $provider costs an unreadable record that record only', async ({ provider, set }) => {
    const [person, other] = [await everywhere(), await everywhere()];
    const poll = () => pollChanges(withLog(), { provider, position: null, cause: 'test' }, {}, () => {});
    for (let page = await poll(); page.position !== null; ) {
      page = await pollChanges(withLog(), { provider, position: page.position, cause: 'test' }, {}, () => {});
    }
    await rename(provider, person.links[provider].external_id);
    await rename(provider, other.links[provider].external_id);
    await spoil(provider, person.links[provider].external_id, set);
    hub.announced.length = 0;
    expect(await poll()).toMatchObject({ unreadable: 1 });
    expect(toRead()).toEqual(expect.arrayContaining([person.links[provider].id, other.links[provider].id]));
    await heal(provider);
  });
});

describe('a search', () => {
  it.each(odd)('of $provider that hits an unreadable record creates no second one', async ({ provider, set }) => {
    const phone = nextPhone();
    const stranger = { firstName: 'Ada', lastName: 'Lovelace', phone };
    const id =
      provider === 'calltools'
        ? await createInDialer(phone)
        : await hub.edit(provider, { givenName: 'Ada', familyName: 'Lovelace', phone });
    await spoil(provider, id, set);
    const from = provider === 'gohighlevel' ? 'square' : 'gohighlevel';
    const { contactId } = await hub.read(from, { givenName: stranger.firstName, familyName: stranger.lastName, phone });
    if (provider === 'calltools') {
      const { external_id } = await hub.link(contactId, 'gohighlevel');
      await hub.records('gohighlevel', { contacts: [{ id: external_id, tags: ['cold lead'] }], webhooks: false });
      await hub.observe({ linkId: (await hub.link(contactId, 'gohighlevel')).id });
    }
    await expect(hub.push(contactId, provider)).rejects.toBeInstanceOf(UnreadableRecordError);
    await heal(provider);
    await hub.push(contactId, provider);
    expect((await hub.link(contactId, provider)).external_id).toBe(String(id));
  });
});

async function createInDialer(phone: string): Promise<string> {
  const create = [{ first_name: 'Ada', last_name: 'Lovelace', mobile_phone_number: phone }];
  const { created } = await hub.records<{ created: number[] }>('calltools', { create });
  return String(created[0]);
}

/** Somebody without a record at the provider, who belongs there. */
async function missingAt(provider: Name): Promise<{ contactId: string; phone: string }> {
  const from = provider === 'gohighlevel' ? 'square' : 'gohighlevel';
  const { id, contactId, linkId, phone } = await hub.read(from);
  if (provider === 'calltools') {
    await hub.records('gohighlevel', { contacts: [{ id, tags: ['cold lead'] }], webhooks: false });
    await hub.observe({ linkId });
  }
  return { contactId, phone };
}

const createPath = {
  gohighlevel: '/contacts/',
  square: '/v2/customers',
  google: '/v1/people:createContact',
  calltools: '/api/contacts/',
};

describe('a create', () => {
  it.each(odd)('of $provider whose answer cannot be read links the record that it made', async ({ provider, set, reason }) => {
    const { contactId, phone } = await missingAt(provider);
    await hub.fault(provider, { method: 'POST', path: createPath[provider], record: { set } });
    await hub.fault(provider, { method: 'GET', record: { set }, times: undefined });
    const calls = await hub.calls(provider, async () => {
      for (const _ of [1, 2, 3]) await expect(hub.push(contactId, provider)).rejects.toBeInstanceOf(UnreadableRecordError);
    });
    const isCreate = (call: string) => call === `POST ${createPath[provider]}`;
    expect(calls.filter(isCreate)).toHaveLength(1);
    const link = await hub.link(contactId, provider);
    expect(link).toMatchObject({
      state: 'linked',
      external_id: expect.any(String),
      last_error: { type: 'UnreadableRecordError', message: expect.stringContaining(reason) },
    });
    await heal(provider);
    const later = await hub.calls(provider, () => hub.push(contactId, provider));
    expect(later.filter((call) => !call.startsWith('GET'))).toEqual([]);
    expect(await hub.link(contactId, provider)).toMatchObject({ id: link.id, last_error: null, intent_payload: null });
    expect((await hub.contact(contactId)).fields.phones).toMatchObject([{ e164: phone }]);
  });
});
