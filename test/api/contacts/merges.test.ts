import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createApiKey } from '#db/api-keys.ts';
import { insertCandidate } from '#db/contacts/matching/match-candidates.ts';
import { toStoredEvidence } from '#domain/matching/evidence.ts';
import { faultsOf } from '#test/api/docs/openapi-check.ts';
import { type Accord, changeInGhl, control, recordsOf, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { nextPhone } from '#test/setup/people.ts';

let accord: Accord;
let key: string;
beforeAll(async () => {
  accord = await startAccord({ providers: ['gohighlevel', 'square'], audiences: [], sharing: { square: 'linked' } });
  await control(accord.sandboxes.gohighlevel, 'PATCH', 'settings', { searchLagMs: 0, allowDuplicateContact: true });
  await control(accord.sandboxes.square, 'PATCH', 'settings', { indexLagMs: 0 });
  ({ key } = await createApiKey(accord.db, { name: 'tester', scopes: ['sync:read', 'sync:write'] }));
});
afterAll(() => accord.close());

async function call<T>(method: 'get' | 'post', template: string, parameters: Record<string, string> = {}, body?: object) {
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parameters[name] as string));
  const response = await fetch(accord.api.url + path, {
    method: method.toUpperCase(),
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  expect(await faultsOf(method, template.split('?')[0] as string, response)).toEqual([]);
  return { status: response.status, body: (await response.json()) as { data: T; detail?: string } };
}

interface Write {
  contactId: string;
  provider: string;
  operation: string;
  externalId: string | null;
  set: Record<string, unknown>;
}

interface Decided {
  contactId: string;
  otherContactId: string;
  preview: boolean;
  writes: Write[];
  sync: string | null;
}

interface Lead {
  id: string;
  firstName: string;
  lastName: string;
  phone: string;
  email: string | null;
}

async function lead(firstName: string, change: object = {}) {
  const phone = nextPhone();
  const id = await changeInGhl(accord.sandboxes, { firstName, lastName: 'Lovelace', phone, ...change });
  const contactId = await eventually(async () => {
    const found = await accord.contactIdOf(id);
    const contact = await accord.db.selectFrom('contact').select('revision').where('id', '=', found).executeTakeFirstOrThrow();
    expect(contact.revision).toBeGreaterThan(0);
    return found;
  });
  return { id, phone, contactId, record: `gohighlevel:${id}` };
}

async function candidate(...names: [string, string]) {
  const [one, other] = [await lead(names[0]), await lead(names[1])];
  await insertCandidate(
    accord.db,
    one.contactId,
    other.contactId,
    toStoredEvidence({ score: 5, parts: [{ kind: 'phone-same', points: 5 }], rules: ['given-names-clash'] }),
  );
  const { id } = await accord.db.selectFrom('match_candidate').select('id').orderBy('id', 'desc').executeTakeFirstOrThrow();
  return { id, one, other };
}

const inGhl = async (id: string) => (await recordsOf<Lead>(accord.sandboxes.gohighlevel)).find((each) => each.id === id);
const audits = (target: string) =>
  accord.db.selectFrom('audit_log').select(['actor', 'action']).where('target', '=', target).orderBy('id').execute();
const contactOf = (id: string) => accord.db.selectFrom('contact').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

describe('GET /api/v1/candidates', () => {
  it('shows both sides and what differs, by state, provider and score, page by page', async () => {
    const [first, second] = [await candidate('Ada', 'Grace'), await candidate('Edith', 'Mary')];
    await accord.db
      .updateTable('match_candidate')
      .set({ evidence: JSON.stringify({ score: 6.5 }) })
      .where('id', '=', second.id)
      .execute();
    type Page = {
      candidates: { id: string; score: number | null; sides: { contactId: string }[]; differs: string[] }[];
      next: string;
    };
    const list = async (query: string) => (await call<Page>('get', `/api/v1/candidates?${query}`)).body.data;
    const page = await list('limit=1');
    expect(page.candidates).toMatchObject([{ id: second.id, score: 6.5, differs: ['givenName', 'phones'] }]);
    expect(page.candidates[0]?.sides.map(({ contactId }) => contactId)).toEqual(
      [second.one.contactId, second.other.contactId].toSorted(),
    );
    expect((await list(`limit=1&cursor=${page.next}`)).candidates).toMatchObject([{ id: first.id, score: 5 }]);
    expect((await list('minScore=6&maxScore=7')).candidates.map(({ id }) => id)).toEqual([second.id]);
    expect((await list('minScore=7')).candidates).toEqual([]);
    expect((await list('provider=square')).candidates).toEqual([]);
    expect((await list(`provider=gohighlevel&contactId=${first.one.contactId}`)).candidates.map(({ id }) => id)).toEqual([
      first.id,
    ]);
    expect((await list('state=different')).candidates).toEqual([]);
    expect((await call('get', '/api/v1/candidates?score=5')).status).toBe(400);
  });
});

describe('a decision on a candidate', () => {
  const decide = (id: string, decision: string, query = '') =>
    call<Decided>('post', `/api/v1/candidates/{id}/${decision}${query}`, { id });

  it('is made once: of two people at the same time, the second hears 409', async () => {
    const { id, one, other } = await candidate('Ada', 'Ada');
    const answers = await Promise.all([decide(id, 'accept'), decide(id, 'reject'), decide(id, 'accept')]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
    expect((await decide(id, 'later')).status).toBe(409);
    expect(await audits(id)).toHaveLength(1);
    const isMerged = (await contactOf([one.contactId, other.contactId].toSorted()[1] as string)).merged_into !== null;
    const [row] = await accord.db.selectFrom('match_candidate').selectAll().where('id', '=', id).execute();
    expect(row).toMatchObject({ state: isMerged ? 'same' : 'different', decided_by: 'api-key:tester' });
  });

  it('merges the two, the older one survives, and the audit log says who decided', async () => {
    const { id, one, other } = await candidate('Ada', 'Grace');
    const preview = (await decide(id, 'accept', '?preview=true')).body.data;
    expect(preview).toMatchObject({ preview: true, sync: null, contactId: one.contactId, otherContactId: other.contactId });
    expect((await contactOf(other.contactId)).merged_into).toBeNull();
    expect(await audits(id)).toEqual([]);
    const { body } = await decide(id, 'accept');
    expect(body.data).toMatchObject({ contactId: one.contactId, otherContactId: other.contactId, sync: 'started' });
    expect(body.data.writes).toEqual(preview.writes);
    expect((await contactOf(other.contactId)).merged_into).toBe(one.contactId);
    expect(await audits(id)).toEqual([{ actor: 'api-key:tester', action: 'candidate.accept' }]);
  });

  it('can be put off and made later; a rejection lasts', async () => {
    const { id } = await candidate('Ada', 'Grace');
    expect((await decide(id, 'later')).status).toBe(200);
    expect((await decide(id, 'reject')).body.data).toMatchObject({ state: 'different', sync: 'started' });
    expect((await decide(id, 'accept')).status).toBe(409);
    expect((await decide(crypto.randomUUID(), 'accept')).status).toBe(404);
  });

  it('is made for many at once after a dry run', async () => {
    const pairs = [await candidate('Ada', 'Grace'), await candidate('Edith', 'Mary')];
    const ids = pairs.map(({ id }) => id).toReversed();
    for (const id of ids)
      await accord.db
        .updateTable('match_candidate')
        .set({ evidence: JSON.stringify({ score: 42 }) })
        .where('id', '=', id)
        .execute();
    type Bulk = { candidates: { id: string; outcome: string }[]; hasMore: boolean };
    const bulk = async (body: object) =>
      (await call<Bulk>('post', '/api/v1/candidates/decide', {}, { decision: 'reject', filter: { minScore: 41 }, ...body })).body
        .data;
    expect(await bulk({})).toMatchObject({ candidates: ids.map((id) => ({ id, outcome: 'would-decide' })), hasMore: false });
    expect(await bulk({ limit: 1 })).toMatchObject({ candidates: [{ id: ids[0] }], hasMore: true });
    expect(await bulk({ dryRun: false })).toMatchObject({ candidates: ids.map((id) => ({ id, outcome: 'decided' })) });
    expect(await bulk({})).toMatchObject({ candidates: [] });
  });
});

describe('merge, split and undo of a contact', () => {
  it('are taken back by the entry of the history, and the old id names the survivor until then', async () => {
    const [ada, grace] = [await lead('Ada'), await lead('Grace')];
    await call('post', '/api/v1/contacts/{id}/merge', { id: ada.record }, { other: grace.record });
    const path = '/api/v1/contacts/{id}';
    const read = async (id: string) => (await call<{ id: string; mergedId: string | null }>('get', path, { id })).body.data;
    expect(await read(grace.contactId)).toMatchObject({ id: ada.contactId, mergedId: grace.contactId });
    type History = { entries: { id: string; kind: string; canUndo: boolean }[] };
    const { entries } = (await call<History>('get', `${path}/history`, { id: ada.contactId })).body.data;
    const merged = entries.find(({ kind }) => kind === 'merged');
    const undo = (query = '') =>
      call<Decided>('post', `${path}/history/{entry}/undo${query}`, { id: ada.contactId, entry: merged?.id ?? '' });
    expect((await undo('?preview=true')).body.data).toMatchObject({ preview: true });
    expect(await read(grace.contactId)).toMatchObject({ mergedId: grace.contactId });
    expect((await undo()).status).toBe(200);
    expect(await read(grace.contactId)).toMatchObject({ id: grace.contactId, mergedId: null });
    expect((await undo()).status).toBe(409);
  });

  it('preview every write that follows, and the vendors get just these', async () => {
    const [ada, grace] = [await lead('Ada', { email: 'ada@analytical.example' }), await lead('Grace')];
    const body = { other: grace.record };
    const preview = (await call<Decided>('post', '/api/v1/contacts/{id}/merge?preview=true', { id: ada.record }, body)).body.data;
    expect(preview.preview).toBe(true);
    expect((await contactOf(grace.contactId)).merged_into).toBeNull();
    const made = (await call<Decided>('post', '/api/v1/contacts/{id}/merge', { id: ada.record }, body)).body.data;
    expect(made).toMatchObject({
      contactId: ada.contactId,
      otherContactId: grace.contactId,
      sync: 'started',
      writes: preview.writes,
    });
    expect((await call('post', '/api/v1/contacts/{id}/merge', { id: ada.record }, body)).status).toBe(409);
    await eventually(async () => {
      for (const { externalId, set } of made.writes) {
        const record = await inGhl(externalId as string);
        if (set.givenName) expect(record?.firstName).toBe(set.givenName);
      }
      // The vendor shows a write before its answer is stored.
      expect((await contactOf(ada.contactId)).sync_status).not.toBe('pending');
    });

    const split = { records: [grace.record] };
    const planned = (await call<Decided>('post', '/api/v1/contacts/{id}/split?preview=true', { id: ada.record }, split)).body
      .data;
    expect((await contactOf(grace.contactId)).merged_into).toBe(ada.contactId);
    const apart = (await call<Decided>('post', '/api/v1/contacts/{id}/split', { id: ada.record }, split)).body.data;
    expect(apart).toMatchObject({ contactId: ada.contactId, otherContactId: grace.contactId, sync: 'started' });
    expect(apart.writes).toEqual(planned.writes);
    await eventually(async () => {
      expect(await inGhl(ada.id)).toMatchObject({ firstName: 'Ada', phone: ada.phone, email: 'ada@analytical.example' });
      expect(await inGhl(grace.id)).toMatchObject({ firstName: 'Grace', phone: grace.phone });
    });
    expect((await audits(ada.contactId)).map(({ action }) => action)).toEqual(['contact.merge', 'contact.split']);
  });

  it('lists merges, and undoes the given one', async () => {
    const [ada, grace] = [await lead('Ada'), await lead('Grace')];
    await call('post', '/api/v1/contacts/{id}/merge', { id: ada.record }, { other: grace.contactId });
    type Merges = { merges: { id: string; why: string; actor: string; undoneAt: string | null; records: object[] }[] };
    const list = async () => (await call<Merges>('get', '/api/v1/contacts/{id}/merges', { id: ada.record })).body.data.merges;
    const [merge] = await list();
    expect(merge).toMatchObject({
      why: 'a person decided',
      actor: 'api-key:tester',
      undoneAt: null,
      records: [{ externalId: grace.id }],
    });
    const undo = (id: string, body?: object) => call<Decided>('post', '/api/v1/contacts/{id}/undo', { id }, body);
    expect((await undo(ada.record, { merge: crypto.randomUUID() })).status).toBe(409);
    const answers = await Promise.all([undo(ada.record, { merge: merge?.id as string }), undo(ada.record)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect((await list())[0]).toMatchObject({ id: merge?.id, undoneAt: expect.any(String) });
    expect((await call('post', '/api/v1/contacts/{id}/split', { id: ada.record }, { records: ['square:none'] })).status).toBe(
      404,
    );
    expect((await call('post', '/api/v1/contacts/{id}/split', { id: ada.record }, { records: [ada.record] })).status).toBe(409);
  });

  it('end the parked workflow of a merged contact, and its writes go to the survivor', async () => {
    const [ada, grace] = [await lead('Ada'), await lead('Grace')];
    await control(accord.sandboxes.gohighlevel, 'POST', 'faults', { method: 'GET', path: `/contacts/${grace.id}`, status: 401 });
    await changeInGhl(accord.sandboxes, { id: grace.id, lastName: 'Hopper' });
    await eventually(async () => expect((await accord.syncState(grace.contactId)).lanes).toMatchObject([{ status: 'parked' }]));
    await control(accord.sandboxes.gohighlevel, 'DELETE', 'faults');
    const merged = await call<Decided>('post', '/api/v1/contacts/{id}/merge', { id: ada.record }, { other: grace.record });
    expect(merged.status).toBe(200);
    await eventually(async () => {
      const { status } = await accord.workflowOf(grace.contactId).describe();
      expect(status.name).toBe('COMPLETED');
      const links = await accord.db.selectFrom('link').selectAll().where('contact_id', '=', ada.contactId).execute();
      expect(links.map(({ changed_at }) => changed_at)).toEqual(links.map(() => null));
    });
  });

  it('of a contact whose workflow is running take the edit that it reads to the survivor', async () => {
    const [ada, grace] = [await lead('Ada'), await lead('Grace')];
    await control(accord.sandboxes.gohighlevel, 'POST', 'faults', { method: 'GET', path: `/contacts/${grace.id}`, status: 503 });
    await changeInGhl(accord.sandboxes, { id: grace.id, companyName: 'Navy' });
    await eventually(async () => expect((await accord.syncState(grace.contactId)).lanes).toMatchObject([{ status: 'working' }]));
    const merged = await call<Decided>('post', '/api/v1/contacts/{id}/merge', { id: ada.record }, { other: grace.record });
    expect(merged.status).toBe(200);
    await control(accord.sandboxes.gohighlevel, 'DELETE', 'faults');
    await eventually(async () => {
      expect((await accord.workflowOf(grace.contactId).describe()).status.name).toBe('COMPLETED');
      expect((await contactOf(ada.contactId)).fields).toMatchObject({ company: 'Navy' });
      expect(await inGhl(ada.id)).toMatchObject({ companyName: 'Navy' });
    });
    const links = await accord.db.selectFrom('link').selectAll().where('contact_id', '=', ada.contactId).execute();
    expect(links.map(({ external_id }) => external_id).toSorted()).toEqual([ada.id, grace.id].toSorted());
  });
});

describe('accord', () => {
  const accordCommand = (...args: string[]) =>
    promisify(execFile)(process.execPath, ['src/cli/accord.ts', '--no-env-file', ...args], {
      env: { ...process.env, ACCORD_API_URL: accord.api.url, ACCORD_API_KEY: key },
    });

  it('candidates, merge, undo and split call the api', async () => {
    const { id, one, other } = await candidate('Ada', 'Grace');
    expect((await accordCommand('candidates', '--limit', '1')).stdout).toContain(id);
    expect((await accordCommand('candidates', 'accept', id, '--dry-run')).stdout).toContain('dry run, nothing was changed');
    expect((await accordCommand('candidates', 'reject', id)).stdout).toContain('done');
    expect((await accordCommand('merge', one.record, other.record)).stdout).toContain(`contact ${one.contactId}`);
    expect((await accordCommand('undo', one.record, '--list')).stdout).toContain('a person decided');
    expect((await accordCommand('undo', one.record)).stdout).toContain(`other ${other.contactId}`);
    await expect(accordCommand('split', one.record, other.record)).rejects.toMatchObject({
      code: 3,
      stderr: expect.stringContaining('has no record'),
    });
    // Seven processes.
  }, 120_000);
});
