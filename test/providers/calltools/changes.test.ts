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
// Fakes only the date, here and in the sandbox, which runs in this process. Timers stay real.
beforeEach(() => void jest.useFakeTimers({ now: Date.now(), doNotFake: realTimers }));
afterEach(() => void jest.useRealTimers());
afterAll(() => running.close());

function connect(pageSize = 250) {
  const account = accountSchema.parse({ rate: { requestsPerSecond: 1000, burst: 1000 }, concurrency: 5, pageSize });
  const secrets = secretsSchema.parse({ CALLTOOLS_BASE_URL: `${running.url}/api`, CALLTOOLS_API_KEY: defaultToken });
  return calltools.connect({ account, secrets, tokens: noTokens, lists: [] });
}

/** Runs one poll, and `between` after each page but the last. */
async function poll(
  since: string | null,
  { pageSize = 250, between = async () => {} }: { pageSize?: number; between?: () => Promise<unknown> } = {},
) {
  const client = connect(pageSize);
  const records: ProviderRecord[] = [];
  for (let cursor: string | null = null; ; await between()) {
    const page: ChangePage | undefined = await client.changes?.({ since, cursor });
    if (!page) throw new Error('CallTools has no changes.');
    records.push(...page.records);
    if (page.cursor === null) return { ids: records.map(({ externalId }) => Number(externalId)), since: page.since, records };
    cursor = page.cursor;
  }
}

async function createPeople(count: number): Promise<number[]> {
  const create = Array.from({ length: count }, (_, at) => ({ first_name: `p${at}` }));
  const { created } = (await sandbox.change({ create })) as { created: number[] };
  return created;
}

const rename = (...ids: number[]) => sandbox.change({ update: ids.map((id) => ({ id, first_name: 'Augusta' })) });
const orderingsSince = async (before: number) =>
  (await sandbox.requestsSince(before)).map(({ path }) => new URL(path, 'http://x').searchParams.get('ordering'));

const realTimers = [
  ...(['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
  ...(['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const),
];
const passMinutes = (minutes: number) => jest.setSystemTime(Date.now() + minutes * 60_000);

/** Polls until nothing is left to report, and returns the position. */
async function settle(): Promise<string | null> {
  let { since } = await poll(null);
  for (let idle = 0; idle < 2; idle += 1) {
    passMinutes(5);
    ({ since } = await poll(since));
  }
  passMinutes(5);
  return since;
}

describe('changes of CallTools', () => {
  it('take one call and return nothing when nothing changed', async () => {
    await createPeople(3);
    const since = await settle();
    const before = await sandbox.lastRequest();
    expect((await poll(since)).ids).toEqual([]);
    expect(await orderingsSince(before)).toEqual(['-updated_on']);
  });

  it('take one call per page of changes, independent of the number of contacts', async () => {
    const ids = await createPeople(40);
    const since = await settle();
    await rename(...ids.slice(0, 5));
    const before = await sandbox.lastRequest();
    const { ids: changed } = await poll(since, { pageSize: 4 });
    expect(changed.toSorted()).toEqual(ids.slice(0, 5).toSorted());
    expect(await orderingsSince(before)).toHaveLength(2);
  });

  it('are returned again by the next poll, so that late ones and those of the same second are not lost', async () => {
    await sandbox.patchSettings({ timeFormat: 'seconds' });
    const [one = 0, two = 0] = await createPeople(2);
    const first = await poll(await settle());
    await rename(one);
    const second = await poll(first.since);
    expect(second.ids).toContain(one);
    await rename(one, two);
    const third = await poll(second.since);
    expect(third.ids).toEqual(expect.arrayContaining([one, two]));
    passMinutes(5);
    const fourth = await poll(third.since);
    expect(fourth.ids).toEqual(expect.arrayContaining([one, two]));
    passMinutes(5);
    const fifth = await poll(fourth.since);
    passMinutes(5);
    expect((await poll(fifth.since)).ids).toEqual([]);
  });

  it('are complete when a contact is deleted between two pages', async () => {
    const ids = await createPeople(6);
    const since = await settle();
    await rename(...ids);
    const newest = ids.at(-1) ?? 0;
    let deleted = 0;
    const between = async () => {
      deleted += 1;
      if (deleted === 1) await sandbox.change({ delete: [newest] });
    };
    const { ids: changed } = await poll(since, { pageSize: 2, between });
    expect(changed).toEqual(expect.arrayContaining(ids));
  });

  it('are complete when the last page disappears', async () => {
    const ids = await createPeople(5);
    const since = await settle();
    await rename(...ids);
    let page = 0;
    const between = async () => {
      page += 1;
      if (page === 2) await sandbox.change({ delete: ids.slice(3) });
    };
    const { ids: changed } = await poll(since, { pageSize: 2, between });
    expect(changed).toEqual(expect.arrayContaining(ids));
  });

  it.each(['microseconds', 'seconds'])(
    'are picked from all contacts if CallTools ignores the order, with times in %s',
    async (timeFormat) => {
      await sandbox.patchSettings({ updatedOnOrdering: false, timeFormat });
      const [one, two, three = 0] = await createPeople(3);
      const since = await settle();
      expect((await poll(since)).ids).toEqual([]);
      await rename(three);
      expect(await poll(since, { pageSize: 2 })).toMatchObject({ ids: [three] });
      expect([one, two]).not.toContain(three);
      await sandbox.patchSettings({ updatedOnOrdering: true });
      const before = await sandbox.lastRequest();
      await poll(since);
      expect(await orderingsSince(before)).toEqual(['updated_on', '-updated_on', '-updated_on']);
    },
  );

  it('expire when the order no longer works', async () => {
    const ids = await createPeople(3);
    const since = await settle();
    await rename(...ids);
    await sandbox.patchSettings({ updatedOnOrdering: false });
    await expect(poll(since)).rejects.toBeInstanceOf(ExpiredCursorError);
  });

  it.each(['', 'nonsense', '{}', '{"ordered":true}'])('expire for the invalid position %p', async (since) => {
    await expect(poll(since)).rejects.toBeInstanceOf(ExpiredCursorError);
  });

  it('include do-not-contact flags set by dispositions', async () => {
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
