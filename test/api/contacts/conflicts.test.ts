import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createApiKey } from '#db/api-keys.ts';
import { insertCandidate } from '#db/contacts/matching/match-candidates.ts';
import { toStoredEvidence } from '#domain/matching/evidence.ts';
import { faultsOf } from '#test/api/docs/openapi-check.ts';
import { newContact } from '#test/db/test-database.ts';
import { type Accord, changeInGhl, changeInSquare, control, recordsOf, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { nextPhone } from '#test/setup/people.ts';

let accord: Accord;
let key: string;
beforeAll(async () => {
  const ask = { familyName: { mode: 'ask' as const } };
  accord = await startAccord({ providers: ['gohighlevel', 'square'], conflicts: { fields: ask }, audiences: [] });
  await control(accord.sandboxes.gohighlevel, 'PATCH', 'settings', { searchLagMs: 0 });
  await control(accord.sandboxes.square, 'PATCH', 'settings', { indexLagMs: 0 });
  // An edit at Square is found only by the read before a write.
  await control(accord.sandboxes.square, 'PUT', 'webhooks', { drop: true });
  ({ key } = await createApiKey(accord.db, { name: 'tester', scopes: ['sync:read', 'sync:write'] }));
});
afterAll(() => accord.close());

interface Explained {
  history: { id: string; kind: string; after: unknown; losing: unknown; actor: string }[];
}

async function call<T>(method: 'get' | 'post', template: string, parameters: Record<string, string> = {}, body?: object) {
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => parameters[name] as string);
  const response = await fetch(accord.api.url + path, {
    method: method.toUpperCase(),
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  expect(await faultsOf(method, template.split('?')[0] as string, response)).toEqual([]);
  return { status: response.status, body: (await response.json()) as { data: T; detail?: string } };
}

interface Decided {
  contactId: string;
  writes: object[];
  sync: string | null;
}

const decide = (id: string, conflict: string, value: string, query = '') =>
  call<Decided>('post', `/sync/contacts/{id}/conflicts/{conflict}${query}`, { id, conflict }, { value });
const historyOf = async (id: string) => (await call<Explained>('get', '/sync/contacts/{id}', { id })).body.data.history;

async function names(phone: string) {
  const [lead] = (await recordsOf<{ phone: string; lastName: string }>(accord.sandboxes.gohighlevel)).filter(
    (each) => each.phone === phone,
  );
  const [customer] = (await recordsOf<{ phone_number: string; family_name: string }>(accord.sandboxes.square)).filter(
    (each) => each.phone_number === phone,
  );
  return [lead?.lastName, customer?.family_name];
}

/** An open conflict: by default GoHighLevel has King, and Square has Byron. */
async function disputed({ inGhl = 'King', inSquare = 'Byron' } = {}) {
  const phone = nextPhone();
  const id = await changeInGhl(accord.sandboxes, { firstName: 'Ada', lastName: 'Lovelace', phone });
  await eventually(async () => expect(await names(phone)).toEqual(['Lovelace', 'Lovelace']));
  const square = await eventually(async () => {
    const contactId = await accord.contactIdOf(id);
    const link = await accord.db
      .selectFrom('link')
      .select('external_id')
      .where('contact_id', '=', contactId)
      .where('provider', '=', 'square')
      .where('state', '=', 'linked')
      .executeTakeFirstOrThrow();
    return link.external_id as string;
  });
  await changeInSquare(accord.sandboxes, { id: square, family_name: inSquare });
  await changeInGhl(accord.sandboxes, { id, lastName: inGhl });
  const conflict = await eventually(async () => {
    const found = (await historyOf(id)).find(({ kind }) => kind === 'conflict');
    expect(found).toBeDefined();
    return found as Explained['history'][number];
  });
  return { id, square, phone, conflict };
}

describe('a conflict that waits for a person', () => {
  it('is recorded with both values, and each side keeps its own', async () => {
    const { id, phone, conflict } = await disputed();
    expect(conflict).toMatchObject({ actor: 'accord', after: 'King', losing: 'Byron' });
    expect(await names(phone)).toEqual(['King', 'Byron']);
    const { body } = await call<{ conflicts: object[]; next: string | null }>('get', '/api/v1/conflicts?limit=1');
    const values = { name: 'Ada King', provider: 'square', field: 'familyName', before: 'King', after: 'Byron' };
    expect(body.data.conflicts).toMatchObject([{ id: conflict.id, contactId: await accord.contactIdOf(id), ...values }]);
  });

  it.each([
    ['kept', 'King'],
    ['lost', 'Byron'],
  ])('is decided for the value that %s, which is pushed to every provider, after a preview', async (value, name) => {
    const { id, phone, conflict } = await disputed();
    const contactId = await accord.contactIdOf(id);
    const written = [{ provider: value === 'kept' ? 'square' : 'gohighlevel', operation: 'update', set: { familyName: name } }];
    const preview = await decide(id, conflict.id, value, '?preview=true');
    expect(preview.body.data).toMatchObject({ contactId, value, preview: true, writes: written, sync: null });
    expect(await historyOf(id)).not.toContainEqual(expect.objectContaining({ kind: 'resolved' }));
    const { status, body } = await decide(id, conflict.id, value);
    expect([status, body.data]).toMatchObject([200, { contactId, value, preview: false, writes: written, sync: 'started' }]);
    await eventually(async () => expect(await names(phone)).toEqual([name, name]));
    expect((await historyOf(id)).find(({ kind }) => kind === 'resolved')).toMatchObject({ actor: 'api-key:tester', after: name });
    const audit = await accord.db.selectFrom('audit_log').selectAll().where('action', '=', 'contact.resolve-conflict').execute();
    expect(audit.at(-1)).toMatchObject({ actor: 'api-key:tester', details: { conflict: conflict.id, value } });
    expect(JSON.stringify(audit)).not.toMatch(/King|Byron/);
  });

  it.each([
    ['kept', 'King Jr.', ['King', 'Jr.']],
    ['lost', 'Byron Sr.', ['Byron', 'Sr.']],
  ])('about a name with a suffix is decided for both of the value that %s', async (value, name, parts) => {
    const { id, phone, conflict } = await disputed({ inGhl: 'King Jr.', inSquare: 'Byron Sr.' });
    expect(conflict).toMatchObject({ after: 'King Jr.', losing: 'Byron Sr.' });
    expect((await decide(id, conflict.id, value)).status).toBe(200);
    await eventually(async () => expect(await names(phone)).toEqual([name, name]));
    const { data } = (await call<{ fields: Record<string, unknown> }>('get', '/sync/contacts/{id}', { id })).body;
    expect([data.fields.familyName, data.fields.nameSuffix]).toEqual(parts);
  });

  it('can be decided again while the field has the decided value', async () => {
    const { id, phone, conflict } = await disputed();
    await decide(id, conflict.id, 'kept');
    await eventually(async () => expect(await names(phone)).toEqual(['King', 'King']));
    expect((await decide(id, conflict.id, 'lost')).status).toBe(200);
    await eventually(async () => expect(await names(phone)).toEqual(['Byron', 'Byron']));
    const again = await decide(id, conflict.id, 'kept');
    expect([again.status, again.body.detail]).toEqual([409, expect.stringContaining('changed since this conflict')]);
    expect(await names(phone)).toEqual(['Byron', 'Byron']);
  });

  it('can be decided while it waits, even if other providers have changed the field', async () => {
    const { id, phone, conflict } = await disputed();
    await changeInGhl(accord.sandboxes, { id, lastName: 'Milbanke' });
    await eventually(async () => expect((await historyOf(id)).some(({ after }) => after === 'Milbanke')).toBe(true));
    expect(await names(phone)).toEqual(['Milbanke', 'Byron']);
    expect((await decide(id, conflict.id, 'kept')).status).toBe(200);
    await eventually(async () => expect(await names(phone)).toEqual(['Milbanke', 'Milbanke']));
  });

  it('is found only by its own contact and id, and accepts only known values', async () => {
    const [one, other] = [await disputed(), await disputed()];
    const changed = (await historyOf(one.id)).find(({ kind }) => kind === 'changed');
    for (const conflict of [other.conflict.id, '999999999999', changed?.id as string])
      expect((await decide(one.id, conflict, 'lost')).status).toBe(404);
    expect((await decide('gohighlevel:nobody', one.conflict.id, 'lost')).status).toBe(404);
    expect((await decide(one.id, 'the-first', 'lost')).status).toBe(400);
    expect((await decide(one.id, one.conflict.id, 'both')).status).toBe(400);
    expect(await names(one.phone)).toEqual(['King', 'Byron']);
  });
});

describe('GET /sync/candidates', () => {
  it('lists pairs newest first and in pages, without personal data', async () => {
    const ids = [];
    for (let people = 0; people < 4; people += 1) ids.push((await newContact(accord.db)).contactId);
    const evidence = toStoredEvidence({ score: 5, parts: [{ kind: 'phone-same', points: 5 }], rules: ['given-names-clash'] });
    await insertCandidate(accord.db, ids[0] as string, ids[1] as string, evidence);
    // Ids that are made in one millisecond have no order.
    const insertedAt = Date.now();
    await eventually(() => expect(Date.now()).toBeGreaterThan(insertedAt));
    await insertCandidate(accord.db, ids[2] as string, ids[3] as string, evidence);
    type Page = { candidates: { id: string; contactId: string; otherContactId: string; evidence: object }[] };
    const first = (await call<Page>('get', '/sync/candidates?limit=1')).body.data.candidates;
    expect(first).toMatchObject([
      { contactId: ids[2], otherContactId: ids[3], evidence: { score: 5, keys: ['phone'], against: ['given-names-clash'] } },
    ]);
    const second = (await call<Page>('get', `/sync/candidates?limit=1&before=${first[0]?.id}`)).body.data.candidates;
    expect(second).toMatchObject([{ contactId: ids[0], otherContactId: ids[1] }]);
    expect(Object.keys(second[0] as object).toSorted()).toEqual(['contactId', 'createdAt', 'evidence', 'id', 'otherContactId']);
  });
});
