import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Person, PersonEdit } from '#sandbox/core/people.ts';
import type { RunningSandbox } from '#sandbox/core/sandbox.ts';
import { sandboxes } from '#sandbox/index.ts';
import { call } from './core/http.ts';

describe.each(sandboxes)('people of the $title sandbox', ({ start }) => {
  let running: RunningSandbox<object>;
  beforeAll(async () => {
    running = await start();
  });
  afterAll(() => running.close());

  const save = async (...people: PersonEdit[]): Promise<string[]> =>
    (await call('POST', `${running.controlUrl}/people`, { people })).json.ids;
  const find = async (query: Record<string, string>): Promise<Person[]> =>
    (await call('GET', `${running.controlUrl}/people?${new URLSearchParams(query)}`)).json.people;

  it('are created and found by email address and phone', async () => {
    const [ada, grace] = await save(
      { givenName: 'Ada', familyName: 'Lovelace', email: 'ada@example.com', phone: '+12025550143' },
      { givenName: 'Grace', familyName: 'Hopper', email: 'grace@example.com', phone: '+12025550144' },
    );
    const person = { id: ada, givenName: 'Ada', familyName: 'Lovelace', emails: ['ada@example.com'], phones: ['+12025550143'] };
    expect(await find({ email: 'Ada@Example.com' })).toEqual([expect.objectContaining(person)]);
    expect(await find({ phone: '+12025550143' })).toEqual([expect.objectContaining(person)]);
    expect((await find({})).map(({ id }) => id).sort()).toEqual([ada, grace].sort());
    expect(await find({ email: 'nobody@example.com' })).toEqual([]);
  });

  it('keep the fields that an edit leaves out, and lose those that it empties', async () => {
    const [id = ''] = await save({ givenName: 'Edith', familyName: 'Clarke', email: 'edith@example.com', phone: '+12025550145' });
    expect(await save({ id, givenName: 'Edie' }, { givenName: 'Mary' })).toEqual([id, expect.any(String)]);
    expect(await find({ email: 'edith@example.com' })).toMatchObject([{ givenName: 'Edie', familyName: 'Clarke' }]);
    await save({ id, familyName: null, phone: null });
    const [edited] = await find({ email: 'edith@example.com' });
    expect([edited?.givenName, edited?.familyName || undefined, edited?.phones]).toEqual(['Edie', undefined, []]);
  });

  it('take the keys of other vendors without an error', async () => {
    const everything = {
      company: 'Engine Works',
      tags: ['vip'],
      addTags: ['cold lead'],
      addLists: ['Cold Leads'],
      note: 'Tall.',
    };
    await save({ givenName: 'Hedy', email: 'hedy@example.com', doNotCall: true, source: 'Fair', city: 'Austin', ...everything });
    const [person] = await find({ email: 'hedy@example.com' });
    expect(person).toMatchObject({ givenName: 'Hedy' });
    if (person && 'lists' in person) expect(person.lists).toEqual(['Cold Leads']);
    if (person && 'doNotCall' in person) expect(person.doNotCall).toBe(true);
  });

  it('refuse an unknown key by name', async () => {
    const { status, json } = await call('POST', `${running.controlUrl}/people`, { people: [{ firstName: 'Ada' }] });
    expect([status, json.error]).toEqual([400, expect.stringContaining('firstName')]);
  });
});
