import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withContact } from '#contacts/open-unit.ts';
import { fillSearchTexts } from '#contacts/search-texts.ts';
import { insertContact, setMergedInto } from '#db/contacts/contacts.ts';
import { claimLink, saveLink } from '#db/contacts/links.ts';
import { insertCandidate } from '#db/contacts/matching/match-candidates.ts';
import { type ContactFields, emptyFields } from '#domain/contact.ts';
import { normalizePhone } from '#domain/normalize/phone.ts';
import { faultsOf } from '#test/api/docs/openapi-check.ts';
import { startTestApi, type TestApi } from '#test/api/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const base = { audiences: [], sharing: {}, conflicts: { order: [], fields: {} }, providers: new Map(), now: () => new Date() };

/** Stores a contact as the worker does. */
async function store(fields: Partial<ContactFields>, options: { isDeleted?: boolean } = {}): Promise<string> {
  const contactId = await insertContact(api.db);
  await change(contactId, { fields: { ...emptyFields, ...fields }, ...options });
  return contactId;
}

function change(contactId: string, changed: { fields?: ContactFields; isDeleted?: boolean }): Promise<void> {
  return withContact({ ...base, db: api.db }, { contactId, cause: null }, (unit) => unit.changeContact(changed));
}

interface Page {
  contacts: {
    id: string;
    name: string | null;
    states: string[];
    phones: string[];
    audiences: string[];
    records: { provider: string; externalId: string | null; error: string | null }[];
  }[];
  next: string | null;
}

async function list(query: Record<string, string>): Promise<Page> {
  const response = await api.get(`/api/v1/contacts?${new URLSearchParams(query)}`);
  expect(response.status).toBe(200);
  expect(await faultsOf('get', '/api/v1/contacts', response)).toEqual([]);
  return ((await response.json()) as { data: Page }).data;
}

const idsOf = async (query: Record<string, string>) => (await list(query)).contacts.map(({ id }) => id);

const phones = [normalizePhone('(512) 555-0143', { defaultRegion: 'US' })].filter((phone) => phone !== null);

describe('GET /api/v1/contacts', () => {
  it('finds a contact by name, email, tag, record id and own id, and by a phone number in any writing', async () => {
    const id = await store({
      ...{ givenName: 'Zoë', familyName: 'Nöther', company: '50% Off_ Ltd', phones, tags: ['Cold Lead'] },
      emails: [{ address: 'emmy@example.org', label: null }],
    });
    await store({ givenName: 'Carl', familyName: 'Gauß' });
    const link = await claimLink(api.db, { provider: 'square', accountId: 'm', externalId: 'SQ-77' });
    await saveLink(api.db, link.id, { contact_id: id });
    const queries = [
      'zoe nother',
      'NÖTH',
      'emmy@example.org',
      'cold lead',
      'SQ-77',
      id,
      '%',
      '50%',
      '_',
      '512-555-0143',
      '+1 (512) 555 0143',
    ];
    for (const q of [...queries, '0015125550143', '512.555.0143 ext 4', '5550143'])
      expect([q, await idsOf({ q })]).toEqual([q, [id]]);
    expect([await idsOf({ q: 'SQ-77', tag: 'cold lead' }), await idsOf({ q: id, tag: 'other tag' })]).toEqual([[id], []]);
    for (const q of ["'", '\\', '🌸', 'x'.repeat(300), "'; drop table contact; --", 'SQ-7', '512-555-0144'])
      expect([q, await idsOf({ q })]).toEqual([q, []]);
    expect(await list({ q: 'gauss' })).toMatchObject({ contacts: [{ name: 'Carl Gauß' }] });
  });

  it('refuses text that no column can hold, and filters that it does not know', async () => {
    for (const query of [
      'q=a%00b',
      'state=lost',
      'limit=0',
      'cursor=x',
      'updated_since=yesterday',
      'colour=red',
      `q=${'x'.repeat(1_001)}`,
    ])
      expect([query, (await api.get(`/api/v1/contacts?${query}`)).status]).toEqual([query, 400]);
  });

  it('finds a contact by its new name, not by its old one, and by the name that a migration indexed', async () => {
    const id = await store({ givenName: 'Maiden' });
    await change(id, { fields: { ...emptyFields, givenName: 'Married' } });
    expect([await idsOf({ q: 'maiden' }), await idsOf({ q: 'married' })]).toEqual([[], [id]]);
    await api.db.deleteFrom('contact_search').where('contact_id', '=', id).execute();
    await fillSearchTexts(api.db);
    expect(await idsOf({ q: 'married' })).toEqual([id]);
  });

  it('filters by state, provider, tag, audience and time, and names every state of a contact', async () => {
    const tag = 'state test';
    const [plain, gone, failing, one, other] = [
      await store({ givenName: 'Plain', tags: [tag, 'cold lead'], phones }),
      await store({ givenName: 'Gone', tags: [tag] }, { isDeleted: true }),
      await store({ givenName: 'Failing', tags: [tag] }),
      await store({ givenName: 'One', tags: [tag] }),
      await store({ givenName: 'Other', tags: ['State  Test'] }),
    ];
    const { id } = await claimLink(api.db, { provider: 'google', accountId: 'g', externalId: 'people/1' });
    const error = {
      type: 'UnavailableError',
      operation: 'update',
      message: 'down',
      status: 500,
      traceId: null,
      permanent: false,
      at: '',
    };
    await saveLink(api.db, id, { contact_id: failing, last_error: error });
    await insertCandidate(api.db, one, other, { score: 7, parts: [], rules: [], reasons: [], keys: [], against: [] });
    const states = async (query: Record<string, string>) =>
      new Map((await list({ tag, ...query })).contacts.map((each) => [each.id, each.states]));
    expect(await states({})).toEqual(
      new Map([
        [other, ['not_eligible', 'asked']],
        [one, ['not_eligible', 'asked']],
        [failing, ['not_eligible', 'parked']],
        [gone, ['deleted']],
        [plain, ['not_eligible']],
      ]),
    );
    for (const [state, ids] of Object.entries({ deleted: [gone], asked: [other, one], parked: [failing], failed: [] }))
      expect([state, await idsOf({ tag, state })]).toEqual([state, ids]);
    expect(await idsOf({ tag, state: 'not_eligible' })).toEqual([other, one, failing, plain]);
    expect(await list({ tag, provider: 'google' })).toMatchObject({
      contacts: [{ id: failing, records: [{ provider: 'google', error: 'down' }] }],
    });
    expect(await list({ tag, audience: 'cold-leads' })).toMatchObject({ contacts: [{ id: plain, audiences: ['cold-leads'] }] });
    expect(await idsOf({ tag: 'state tes' })).toEqual([]);
    const since = new Date(Date.now() + 60_000).toISOString();
    expect([
      await idsOf({ tag, updated_since: since }),
      (await idsOf({ tag, updated_since: '2020-01-01T00:00:00+14:00' })).length,
    ]).toEqual([[], 5]);
  });

  it('pages through all contacts, each once, while earlier pages are edited, deleted and merged', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 7; n += 1) ids.unshift(await store({ givenName: 'Pager', familyName: `N${n}`, tags: ['paged'] }));
    for (const filter of [{ q: 'pager' }, { tag: 'paged' }]) {
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const { contacts, next }: Page = await list({ ...filter, limit: '2', ...(cursor === '' ? {} : { cursor }) });
        seen.push(...contacts.map(({ id }) => id));
        await change(ids[0] ?? '', {
          fields: { ...emptyFields, givenName: 'Pager', tags: ['paged'], note: String(seen.length) },
        });
        cursor = next;
      }
      expect(seen).toEqual(ids);
    }
    const [survivor = '', merged = ''] = ids;
    await setMergedInto(api.db, merged, survivor);
    expect(await idsOf({ q: 'pager' })).toEqual(ids.filter((id) => id !== merged));
    const read = await api.get(`/api/v1/contacts/${merged}`);
    expect(await faultsOf('get', '/api/v1/contacts/{id}', read)).toEqual([]);
    expect(await read.json()).toMatchObject({ data: { id: survivor, mergedId: merged } });
  });
});
