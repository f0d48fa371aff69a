import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Accord, control, startAccord } from '#test/setup/accord.ts';
import {
  edit,
  eventuallyPolled,
  findPeople,
  type Member,
  members,
  type PersonEdit,
  syncedPerson,
  untilIdle,
} from '#test/setup/hub.ts';
import { nextPhone } from '#test/setup/people.ts';
import { pollNow } from '#test/setup/polls.ts';

/**
 * A small version of the property tests, with real parts in place of models. A failure prints the seed and path, which `ACCORD_SEED`
 * and `ACCORD_PATH` replay.
 */
const { ACCORD_SEED, ACCORD_PATH, ACCORD_E2E_RUNS = '2' } = process.env;
const runs = Number(ACCORD_E2E_RUNS);

interface Step {
  member: Member;
  change: PersonEdit | 'phone';
  /** The fault of the next write at a member. */
  fault: { at: Member; kind: keyof typeof faults } | null;
  /** Whether people wait until all providers agree. */
  waits: boolean;
}

const faults = {
  'answer lost': { dropResponse: true },
  down: { status: 503, body: 'down' },
  slow: { latencyMs: 300 },
};

const member = fc.constantFrom(...members);
const step: fc.Arbitrary<Step> = fc.record({
  member,
  change: fc.oneof(
    fc.constantFrom('Ada', 'Augusta', 'Zoë', '愛').map((givenName) => ({ givenName })),
    fc.constantFrom('Lovelace', 'King', 'Byron').map((familyName) => ({ familyName })),
    fc.constant('phone' as const),
  ),
  fault: fc.option(fc.record({ at: member, kind: fc.constantFrom(...(Object.keys(faults) as (keyof typeof faults)[])) })),
  waits: fc.boolean(),
});

let accord: Accord;
beforeAll(async () => {
  accord = await startAccord({ providers: members });
  await pollNow(accord, 'google');
});
afterAll(() => accord.close());

async function addFault({ at, kind }: NonNullable<Step['fault']>): Promise<void> {
  const method = at === 'google' ? 'PATCH' : 'PUT';
  await control(accord.sandboxes[at], 'POST', 'faults', { method, times: 1, ...faults[kind] });
}

interface Agreed {
  givenName?: string | undefined;
  familyName?: string | undefined;
  phones: string[];
}

/**
 * Waits until all three hold one record of this person each, and the same name in it. Google has room for every phone; of the
 * others, which show one, any of them may be it.
 */
function agreed(email: string): Promise<Agreed> {
  return eventuallyPolled(accord, async () => {
    const found = await Promise.all(members.map((each) => findPeople(accord, each, email)));
    expect(found.map((people) => people.length)).toEqual(members.map(() => 1));
    const [first, ...others] = found.flat();
    const google = found[members.indexOf('google')]?.[0];
    if (!first || !google) throw new Error('nobody has this person');
    const { givenName, familyName } = first;
    for (const other of others) expect(other).toMatchObject({ givenName, familyName });
    for (const { phones } of found.flat()) expect(google.phones).toEqual(expect.arrayContaining(phones));
    return { givenName, familyName, phones: google.phones };
  });
}

it(
  'random edits at random members with faults of our writes: all providers agree on an edited value, without duplicates',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 7 }), async (steps) => {
        const { ids, email, phone } = await syncedPerson(accord);
        const written = { givenName: new Set(['Ada']), familyName: new Set(['Lovelace']), phones: new Set([phone]) };
        for (const { member: at, change, fault, waits } of steps) {
          if (fault) await addFault(fault);
          const said: PersonEdit = change === 'phone' ? { phone: nextPhone() } : change;
          if (said.phone) written.phones.add(said.phone);
          if (said.givenName) written.givenName.add(said.givenName);
          if (said.familyName) written.familyName.add(said.familyName);
          await edit(accord, at, said, ids[at]);
          if (waits) await pollNow(accord, 'google');
        }
        for (const each of members) await control(accord.sandboxes[each], 'DELETE', 'faults');

        const { givenName, familyName, phones } = await agreed(email);
        expect(written.givenName).toContain(givenName);
        expect(written.familyName).toContain(familyName);
        for (const each of phones) expect(written.phones).toContain(each);
        await untilIdle(accord, ids.gohighlevel);
        expect(new Set(await Promise.all(members.map((each) => accord.contactIdOf(ids[each])))).size).toBe(1);
        await writesNothing();
      }),
      {
        numRuns: runs,
        endOnFailure: true,
        ...(ACCORD_SEED && { seed: Number(ACCORD_SEED) }),
        ...(ACCORD_PATH && { path: ACCORD_PATH }),
      },
    );
  },
  60_000 + runs * 30_000,
);

/** A poll without changes, and the work that follows from it. */
async function writesNothing(): Promise<void> {
  const since = members.map((each) => accord.sandboxes[each].requests().at(-1)?.sequence ?? 0);
  await pollNow(accord, 'google');
  const writes = members.flatMap((each, at) =>
    accord.sandboxes[each].requests(since[at]).filter(({ method }) => ['PUT', 'PATCH', 'DELETE'].includes(method)),
  );
  expect(writes).toEqual([]);
}
