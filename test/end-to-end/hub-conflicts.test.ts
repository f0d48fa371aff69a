import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Accord, control, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import {
  edit,
  eventuallyPolled,
  findPeople,
  type Member,
  members,
  peopleIn,
  syncedPerson,
  untilEverywhere,
  untilIdle,
} from '#test/setup/hub.ts';
import { lastRequest, reconcileNow, writesSince } from '#test/setup/passes.ts';
import { nextPhone } from '#test/setup/people.ts';
import { pollNow } from '#test/setup/polls.ts';
import { sampleOf } from '#test/setup/sweep.ts';

let accord: Accord;
beforeAll(async () => {
  accord = await startAccord({ providers: ['gohighlevel', 'calltools', 'square', 'google'], goneAfterSeconds: 3 });
  // Listings show writes at once, so that no test has to wait for the vendors' lags.
  await control(accord.sandboxes.gohighlevel, 'PATCH', 'settings', { searchLagMs: 0 });
  await control(accord.sandboxes.square, 'PATCH', 'settings', { indexLagMs: 0 });
  await pollNow(accord, 'google');
});
afterAll(() => accord.close());

const pushers = ['gohighlevel', 'square'] as const;
const silence = (drop: boolean | number) =>
  Promise.all(pushers.map((id) => control(accord.sandboxes[id], 'PUT', 'webhooks', { drop })));

/** Edits records without webhooks, so that Accord finds them only by a read. */
async function unheard<T>(work: () => Promise<T>): Promise<T> {
  await silence(true);
  try {
    return await work();
  } finally {
    await silence(0);
  }
}

/** Makes Accord read a provider: by a poll where it polls, else by a full pass. */
const lookAt = (member: Member) => (member === 'google' ? pollNow(accord, 'google') : reconcileNow(accord, member));

const historyOf = async (id: string, field: string) => {
  const contactId = await accord.contactIdOf(id);
  return accord.db
    .selectFrom('contact_history')
    .select(['kind', 'provider', 'after', 'losing'])
    .where('contact_id', '=', contactId)
    .where('field', '=', field)
    .orderBy('id')
    .execute();
};

describe('two concurrent edits of one field', () => {
  const orders = [
    ['gohighlevel', 'square'],
    ['gohighlevel', 'google'],
    ['square', 'google'],
    ['square', 'gohighlevel'],
    ['google', 'gohighlevel'],
    ['google', 'square'],
  ] as const;

  it.each(sampleOf(orders, 'orders'))(
    '%s and %s, read in this order: the same one wins, and the history keeps the losing value',
    async (first, second) => {
      const { ids, email } = await syncedPerson(accord);
      const values = { gohighlevel: 'Augusta', square: 'Byron', google: 'Annabella' };
      await unheard(() => Promise.all([first, second].map((each) => edit(accord, each, { givenName: values[each] }, ids[each]))));
      await lookAt(first);
      await lookAt(second);
      // The order of authority: GoHighLevel, Square, Google.
      const [winner, loser] = [first, second].sort((one, other) => members.indexOf(one) - members.indexOf(other)) as [
        Member,
        Member,
      ];
      await untilEverywhere(accord, email, { givenName: values[winner] });
      await untilIdle(accord, ids.gohighlevel);
      await untilEverywhere(accord, email, { givenName: values[winner] });
      const history = await historyOf(ids.gohighlevel, 'givenName');
      expect(history.filter(({ losing }) => losing !== null)).toEqual([expect.objectContaining({ losing: values[loser] })]);
    },
  );

  it('to the same value are no conflict and cost no write', async () => {
    const { ids, email } = await syncedPerson(accord);
    await untilIdle(accord, ids.gohighlevel);
    await unheard(() => Promise.all(members.map((each) => edit(accord, each, { givenName: 'Augusta' }, ids[each]))));
    const before = members.map((each) => lastRequest(accord.sandboxes[each]));
    for (const each of members) await lookAt(each);
    await untilIdle(accord, ids.gohighlevel);
    await untilEverywhere(accord, email, { givenName: 'Augusta' });
    expect(members.flatMap((each, at) => writesSince(accord.sandboxes[each], before[at] as number))).toEqual([]);
    expect((await historyOf(ids.gohighlevel, 'givenName')).filter(({ losing }) => losing !== null)).toEqual([]);
  });

  it('of two fields are both kept', async () => {
    const { ids, email } = await syncedPerson(accord);
    await unheard(() =>
      Promise.all([
        edit(accord, 'gohighlevel', { givenName: 'Augusta' }, ids.gohighlevel),
        edit(accord, 'square', { familyName: 'King' }, ids.square),
      ]),
    );
    await lookAt('gohighlevel');
    await untilEverywhere(accord, email, { givenName: 'Augusta', familyName: 'King' });
  });
});

it('a list gets the item added at one provider and loses the item removed at another', async () => {
  const { ids, email, phone } = await syncedPerson(accord);
  const added = nextPhone();
  await unheard(() =>
    Promise.all([
      control(accord.sandboxes.google, 'POST', 'records', {
        people: [{ resourceName: ids.google, phoneNumbers: [{ value: phone }, { value: added, type: 'work' }] }],
      }),
      edit(accord, 'square', { phone: null }, ids.square),
    ]),
  );
  await lookAt('square');
  await untilEverywhere(accord, email, { phones: [added] });
});

it('a phone number in another format is no change', async () => {
  const { ids, phone } = await syncedPerson(accord);
  await untilIdle(accord, ids.gohighlevel);
  const before = members.map((each) => lastRequest(accord.sandboxes[each]));
  const typed = `(${phone.slice(2, 5)}) ${phone.slice(5, 8)}-${phone.slice(8)}`;
  await edit(accord, 'square', { phone: `+1 ${typed}` }, ids.square);
  await edit(accord, 'google', { phone: typed }, ids.google);
  for (const each of ['square', 'google'] as const) await lookAt(each);
  await untilIdle(accord, ids.square);
  await untilIdle(accord, ids.google);
  expect(members.flatMap((each, at) => writesSince(accord.sandboxes[each], before[at] as number))).toEqual([]);
});

it('a new etag at Google without changes costs no write', async () => {
  const { ids } = await syncedPerson(accord);
  await untilIdle(accord, ids.gohighlevel);
  await pollNow(accord, 'google');
  const before = members.map((each) => lastRequest(accord.sandboxes[each]));
  await control(accord.sandboxes.google, 'POST', 'records', { touch: [ids.google] });
  await pollNow(accord, 'google');
  await untilIdle(accord, ids.google);
  expect(members.flatMap((each, at) => writesSince(accord.sandboxes[each], before[at] as number))).toEqual([]);
});

it('a cleared name is cleared everywhere', async () => {
  const { ids, email } = await syncedPerson(accord);
  await edit(accord, 'square', { familyName: null }, ids.square);
  await untilEverywhere(accord, email, { givenName: 'Ada', familyName: undefined });
});

describe('during a write to Square', () => {
  /** Delays the next write by a second. Resolves with a function that reports whether it is in flight. */
  async function slowWrite() {
    const fault = { method: 'PUT', path: '/v2/customers/*', latencyMs: 1_000, times: 1 };
    const { id } = await control<{ id: string }>(accord.sandboxes.square, 'POST', 'faults', fault);
    return async () => {
      const { faults } = await control<{ faults: { id: string; touched: number }[] }>(accord.sandboxes.square, 'GET', 'faults');
      // The fault leaves the list with its last request.
      expect(faults.find((each) => each.id === id)?.touched ?? 1).toBe(1);
    };
  }

  it('an edit there is kept and does not undo ours', async () => {
    const { ids, email } = await syncedPerson(accord);
    const isUnderWay = await slowWrite();
    await edit(accord, 'gohighlevel', { givenName: 'Augusta' }, ids.gohighlevel);
    await eventually(isUnderWay);
    await edit(accord, 'square', { familyName: 'King' }, ids.square);
    await untilEverywhere(accord, email, { givenName: 'Augusta', familyName: 'King' });
  });

  it('a merge there is followed: the write goes to the new profile, without duplicates', async () => {
    const { ids, email } = await syncedPerson(accord);
    const twin = await syncedPerson(accord, { givenName: 'Ada', familyName: 'Lovelace' }, 'square');
    const isUnderWay = await slowWrite();
    await edit(accord, 'gohighlevel', { givenName: 'Augusta' }, ids.gohighlevel);
    await eventually(isUnderWay);
    const before = (await peopleIn(accord, 'square')).length;
    const { merged } = await control<{ merged: string }>(accord.sandboxes.square, 'POST', 'records', {
      merge: { from_customer_ids: [ids.square, twin.ids.square] },
    });
    await eventuallyPolled(accord, async () =>
      expect(await findPeople(accord, 'square', email)).toEqual([expect.objectContaining({ id: merged, givenName: 'Augusta' })]),
    );
    await untilIdle(accord, ids.gohighlevel);
    expect(await peopleIn(accord, 'square')).toHaveLength(before - 1);
  });
});
