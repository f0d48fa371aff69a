import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createAccountLock } from '#db/account-locks.ts';
import { UnavailableError } from '#providers/errors.ts';
import type { ProviderClient } from '#providers/provider.ts';
import { useDatabase } from '#test/db/test-database.ts';
import { noChange } from '#test/providers/provider-contract.ts';
import { refusalOf, startBench } from './setup.ts';

const store = useDatabase();
let bench: Awaited<ReturnType<typeof startBench>>;
beforeAll(async () => {
  bench = await startBench();
});
beforeEach(() => bench.sandbox.reset());
afterAll(() => bench.close());

/** A client as a worker process has it: with its own queue and its own connections. */
const process = () => bench.connect({ lockAccount: createAccountLock(store.open(2)) });

async function write(clients: ProviderClient[]): Promise<unknown[]> {
  const creates = Array.from({ length: 12 }, (_, index) => {
    const set = { givenName: `Ada ${index}` };
    return refusalOf(
      (clients[index % clients.length] as ProviderClient).create({ ...noChange, set }, { reference: `r${index}` }),
    );
  });
  const bulk = clients.map((client, number) =>
    refusalOf(
      client.createMany?.([{ patch: { ...noChange, set: { givenName: 'Bob' } }, reference: `b${number}` }]) ?? Promise.resolve(),
    ),
  );
  return Promise.all([...creates, ...bulk]);
}

describe('two workers that write to one Google account', () => {
  it.each(['conflict', 'quota'])('never overlap, where Google answers an overlap with a %s', async (overlappingMutations) => {
    await bench.sandbox.patchSettings({ mutationMs: 2, overlappingMutations });
    const answers = await write([process(), process()]);
    expect(answers.filter((answer) => answer instanceof Error)).toEqual([]);
    expect(await bench.sandbox.records()).toHaveLength(14);
  });

  it('would overlap without the lock', async () => {
    await bench.sandbox.patchSettings({ mutationMs: 2, overlappingMutations: 'conflict' });
    expect(await write([bench.connect(), bench.connect()])).toContainEqual(expect.any(UnavailableError));
  });

  it('leave one contact to the other after a wait, as a temporary error', async () => {
    const client = bench.connect({ lockAccount: async () => null });
    const error = await refusalOf(client.create({ ...noChange, set: { givenName: 'Ada' } }, { reference: 'r' }));
    expect(error).toMatchObject({ name: 'UnavailableError', retryAfterSeconds: 1 });
    expect(await bench.sandbox.records()).toHaveLength(0);
  });
});
