import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '#test/setup/eventually.ts';
import * as busy from './busy-day.ts';
import { createDetector, type KnownPerson } from './find-personal-data.ts';
import { startObservedRun } from './observed-run.ts';

let run: Awaited<ReturnType<typeof startObservedRun>>;
beforeAll(async () => {
  run = await startObservedRun({ LOG_LEVEL: 'trace' });
  await busy.spend(run);
}, 240_000);
afterAll(() => run.close());

const all = () => [...run.lines.api, ...run.lines.worker];

it('writes every line as one JSON object', () => {
  expect(all().length).toBeGreaterThan(50);
  for (const line of all()) expect(JSON.parse(line)).toMatchObject({ level: expect.any(String), msg: expect.any(String) });
});

it('names nobody, however their values are written', () => {
  const detect = createDetector(busy.people);
  const found = all().flatMap((line) => detect(line).map((value) => `${value} in ${line}`));
  expect(found).toEqual([]);
});

it('has lines about what was refused, what failed and what was imported', () => {
  const messages = new Set(all().map((line) => (JSON.parse(line) as { msg: string }).msg));
  for (const message of [
    'ingress refused requests',
    'ingress stored a request',
    'Request to a vendor ended',
    'Activity failed',
    'Lane parked',
  ])
    expect(messages).toContain(message);
});

interface Line {
  msg: string;
  traceId?: string;
  account?: string;
  operation?: string;
}

it('carries one trace id from a webhook to the requests that it led to', () => {
  const parse = (line: string) => JSON.parse(line) as Line;
  const webhooks = run.lines.api
    .map(parse)
    .filter(({ msg, account }) => msg === 'ingress stored a request' && account === 'square');
  const ids = new Set(webhooks.map(({ traceId }) => traceId));
  expect([...ids].every((id) => /^[\da-f]{32}$/.test(String(id)))).toBe(true);
  const calls = run.lines.worker.map(parse).filter(({ msg, traceId }) => msg === 'Request to a vendor ended' && ids.has(traceId));
  expect(new Set(calls.map(({ account }) => account))).toEqual(new Set(['square', 'google', 'gohighlevel']));
  const failed = run.lines.worker.map(parse).filter(({ msg }) => msg === 'Activity failed' || msg === 'Lane parked');
  expect(failed.filter(({ traceId }) => traceId === undefined)).toEqual([]);
});

it('names the trace of each event in the inbox', async () => {
  const headers = { authorization: `Bearer ${run.key}` };
  const response = await fetch(`${run.api}/inbox/events?limit=200`, { headers });
  const { data } = (await response.json()) as { data: { events: { provider: string; traceId: string | null }[] } };
  expect(new Set(data.events.map(({ provider }) => provider))).toEqual(new Set(['square', 'gohighlevel', 'webform']));
  // A line may be on its way.
  await eventually(() => {
    const lines = run.lines.api.join('\n');
    expect(data.events.filter(({ traceId }) => !lines.includes(`"traceId":"${traceId}"`))).toEqual([]);
  });
});

describe('the detector', () => {
  const ada: KnownPerson = {
    names: ['Zoë Quixano'],
    emails: ['zoe.q@example.com'],
    phones: ['+15125551234'],
    texts: ['12 Elm Street'],
  };
  const detect = createDetector([ada]);

  it.each([
    'ZOË QUIXANO',
    'zoe quixano',
    'zoe%2Eq%40example.com',
    'Zo\\u00eb Quixano',
    '(512) 555-1234',
    '+1 512.555.1234',
    '12 elm street',
    'Zoe.Q',
  ])('finds %s', (text) => expect(detect(`{"msg":"${text}"}`)).not.toEqual([]));

  it('passes ids and times over', () => {
    expect(detect('{"time":"2026-11-30T06:25:13.000Z","contactId":"01a22b16-e52a-76c2-a9c3-112553581fc0"}')).toEqual([]);
  });
});
