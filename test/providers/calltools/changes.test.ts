import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { accountSchema, secretsSchema } from '#providers/calltools/settings.ts';
import { ExpiredCursorError } from '#providers/errors.ts';
import { calltools } from '#providers/index.ts';
import type { ChangePage, ProviderRecord } from '#providers/provider.ts';
import { calltoolsSandbox, defaultToken } from '#sandbox/calltools/index.ts';
import { noTokens } from '#test/providers/provider-contract.ts';
import { createSandboxControl, type SandboxControl } from '#test/providers/sandbox-control.ts';

let running: Awaited<ReturnType<typeof calltoolsSandbox.start>>;
let sandbox: SandboxControl;
beforeAll(async () => {
  running = await calltoolsSandbox.start();
  sandbox = createSandboxControl(running.controlUrl);
});
beforeEach(() => sandbox.reset());
// Only the date, and in this process also that of the sandbox: everything else goes on by the real time.
beforeEach(() => void jest.useFakeTimers({ now: Date.now(), doNotFake: realTimers }));
afterEach(() => void jest.useRealTimers());
afterAll(() => running.close());

function connect(pageSize = 250) {
  const account = accountSchema.parse({ rate: { requestsPerSecond: 1000, burst: 1000 }, concurrency: 5, pageSize });
  const secrets = secretsSchema.parse({ CALLTOOLS_BASE_URL: `${running.url}/api`, CALLTOOLS_API_KEY: defaultToken });
  return calltools.connect({ account, secrets, tokens: noTokens, lists: [], sharedBy: 1 });
}

/** One poll, and between its pages whatever happens there. */
async function poll(
  since: string | null,
  { pageSize = 250, between = async () => {} }: { pageSize?: number; between?: () => Promise<unknown> } = {},
) {
  const client = connect(pageSize);
  const records: ProviderRecord[] = [];
  for (let cursor: string | null = null; ; await between()) {
    const page: ChangePage | undefined = await client.changes?.({ since, cursor });
    if (!page) throw new Error('CallTools can be asked for changes.');
    records.push(...page.records);
    if (page.cursor === null) return { told: records.map(({ externalId }) => Number(externalId)), since: page.since, records };
    cursor = page.cursor;
  }
}

async function createPeople(count: number): Promise<number[]> {
  const create = Array.from({ length: count }, (_, at) => ({ first_name: `p${at}` }));
  const { created } = (await sandbox.change({ create })) as { created: number[] };
  return created;
}

const rename = (...ids: number[]) => sandbox.change({ update: ids.map((id) => ({ id, first_name: 'Augusta' })) });
const madeSince = async (before: number) =>
  (await sandbox.requestsSince(before)).map(({ path }) => new URL(path, 'http://x').searchParams.get('ordering'));

const realTimers = [
  ...(['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
  ...(['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const),
];
const passMinutes = (minutes: number) => jest.setSystemTime(Date.now() + minutes * 60_000);

/** What a poll begins from that has nothing left to tell. */
async function settle(): Promise<string | null> {
  let { since } = await poll(null);
  for (let idle = 0; idle < 2; idle += 1) {
    passMinutes(5);
    ({ since } = await poll(since));
  }
  passMinutes(5);
  return since;
}

describe('the changes of CallTools', () => {
  it('cost one call when nothing happened, and tell nothing', async () => {
    await createPeople(3);
    const since = await settle();
    const before = await sandbox.lastRequest();
    expect((await poll(since)).told).toEqual([]);
    expect(await madeSince(before)).toEqual(['-updated_on']);
  });

  it('cost as many calls as there are pages of changes, however many contacts there are', async () => {
    const ids = await createPeople(40);
    const since = await settle();
    await rename(...ids.slice(0, 5));
    const before = await sandbox.lastRequest();
    const { told } = await poll(since, { pageSize: 4 });
    expect(told.toSorted()).toEqual(ids.slice(0, 5).toSorted());
    expect(await madeSince(before)).toHaveLength(2);
  });

  it('are told once more by the next poll: what came late, or in the same second, is not lost', async () => {
    await sandbox.patchSettings({ timeFormat: 'seconds' });
    const [one = 0, two = 0] = await createPeople(2);
    const first = await poll(await settle());
    await rename(one);
    const second = await poll(first.since);
    expect(second.told).toContain(one);
    await rename(one, two);
    const third = await poll(second.since);
    expect(third.told).toEqual(expect.arrayContaining([one, two]));
    passMinutes(5);
    const fourth = await poll(third.since);
    expect(fourth.told).toEqual(expect.arrayContaining([one, two]));
    passMinutes(5);
    const fifth = await poll(fourth.since);
    passMinutes(5);
    expect((await poll(fifth.since)).told).toEqual([]);
  });

  it('miss nobody when a contact is deleted between two pages', async () => {
    const ids = await createPeople(6);
    const since = await settle();
    await rename(...ids);
    const newest = ids.at(-1) ?? 0;
    let deleted = 0;
    const between = async () => {
      deleted += 1;
      if (deleted === 1) await sandbox.change({ delete: [newest] });
    };
    const { told } = await poll(since, { pageSize: 2, between });
    expect(told).toEqual(expect.arrayContaining(ids));
  });

  it('miss nobody when the last page disappears', async () => {
    const ids = await createPeople(5);
    const since = await settle();
    await rename(...ids);
    let page = 0;
    const between = async () => {
      page += 1;
      if (page === 2) await sandbox.change({ delete: ids.slice(3) });
    };
    const { told } = await poll(since, { pageSize: 2, between });
    expect(told).toEqual(expect.arrayContaining(ids));
  });

  it.each(['microseconds', 'seconds'])(
    'are picked from all contacts where CallTools ignores the order, by %s',
    async (timeFormat) => {
      await sandbox.patchSettings({ updatedOnOrdering: false, timeFormat });
      const [one, two, three = 0] = await createPeople(3);
      const since = await settle();
      expect((await poll(since)).told).toEqual([]);
      await rename(three);
      expect(await poll(since, { pageSize: 2 })).toMatchObject({ told: [three] });
      expect([one, two]).not.toContain(three);
      await sandbox.patchSettings({ updatedOnOrdering: true });
      const before = await sandbox.lastRequest();
      await poll(since);
      expect(await madeSince(before)).toEqual(['updated_on', '-updated_on', '-updated_on']);
    },
  );

  it('are not believed once the order no longer holds', async () => {
    const ids = await createPeople(3);
    const since = await settle();
    await rename(...ids);
    await sandbox.patchSettings({ updatedOnOrdering: false });
    await expect(poll(since)).rejects.toBeInstanceOf(ExpiredCursorError);
  });

  it.each(['', 'nonsense', '{}', '{"ordered":true}'])('cannot be asked for from %p', async (since) => {
    await expect(poll(since)).rejects.toBeInstanceOf(ExpiredCursorError);
  });

  it('bring home that an agent was told not to call again', async () => {
    const dispositions = [
      { name: 'Do not call', set_contact_dnc: true },
      { name: 'Wrong number', set_phone_number_dnc: true },
    ];
    const create = ['+12055550143', '+12055550144', '+12055550145'].map((mobile_phone_number) => ({ mobile_phone_number }));
    const { created } = (await sandbox.change({ create, dispositions })) as { created: number[] };
    const [one, two] = created;
    const since = await settle();
    const update = [
      { id: one, disposition: 'Do not call' },
      { id: two, disposition: 'Wrong number' },
    ];
    await sandbox.change({ update });
    const { records } = await poll(since);
    const denied = { call: true, sms: true, email: true };
    expect(records.map(({ externalId, values }) => [Number(externalId), values.doNotContact])).toEqual([
      [two, denied],
      [one, denied],
    ]);
  });
});
