import type { Figure, Row } from '#bench/measure/figure.ts';
import { sum } from '#bench/measure/statistics.ts';
import type { Bench } from '#bench/setup/bench.ts';
import type { Hub, HubPeople, HubPerson } from '#bench/setup/hub.ts';
import { person } from '#bench/setup/people.ts';
import { untilQuiet } from '#bench/setup/quiet.ts';
import { isWrite, type LoggedRequest, openRequestLog } from '#bench/setup/request-log.ts';
import { callJson } from '#dev/call-json.ts';
import { waitUntil } from '#dev/wait-until.ts';

const people = 10;
const providers = ['square', 'google', 'gohighlevel', 'calltools'] as const;
type Requests = Record<(typeof providers)[number], LoggedRequest[]>;

const names = { square: 'Square', google: 'Google', gohighlevel: 'GoHighLevel', calltools: 'CallTools' };

/** API calls per change with four providers, counted by the sandboxes. Each person's first change since the worker started. */
export async function hubCalls(bench: Bench, hub: Hub & HubPeople): Promise<Figure> {
  const plain = hub.plain.slice(0, people);
  const leads = hub.leads.slice(0, people);
  // Warm-up: fetches Google's token, which no change pays for.
  await callsOf(bench, hub, [hub.plain.at(-1) as HubPerson], newPhone);
  const phone = await callsOf(bench, hub, plain, newPhone);
  const leadsPhone = await callsOf(bench, hub, leads, newPhone);
  const saved = await callsOf(bench, hub, plain, unchanged);
  return {
    title: 'API calls per change in Square, four providers connected',
    rows: [
      ...toRows('a phone corrected, in three providers', phone, { calls: 1 + 2 + 3, writes: 2 }),
      ...toRows('… and in the dialer too', leadsPhone, { calls: 1 + 2 + 3 + 3, writes: 3 }),
      { label: 'saved with nothing changed: calls', ours: total(saved), unit: '', goal: { max: 1 } },
      { label: '… of these writes', ours: total(onlyWrites(saved)), unit: '', goal: { max: 0 } },
    ],
    notes: [
      `means of ${people} people, from the sandboxes' logs; the floor is 1 read in Square, 1 read and 1 write at Google, which has a precondition, and 2 reads and 1 write at the others`,
      `three providers: ${describe(phone)}`,
      `four providers: ${describe(leadsPhone)}`,
    ],
  };
}

/** An edit in Square's web pages. */
type Edit = (person: HubPerson, index: number) => object;

let numbers = 500_000;
const newPhone: Edit = ({ square }) => ({ id: square, phone_number: person(numbers++).phone });
const unchanged: Edit = ({ square }) => ({ id: square });

async function callsOf(bench: Bench, hub: Hub, chosen: HubPerson[], edit: Edit): Promise<Requests> {
  const logs = await Promise.all(providers.map((provider) => openRequestLog(hub.accounts[provider])));
  const customers = chosen.map(edit);
  await callJson(`${hub.accounts.square.control}/records`, { method: 'POST', body: { customers } });
  const requests: Requests = { square: [], google: [], gohighlevel: [], calltools: [] };
  const collect = async () => {
    for (const [place, provider] of providers.entries()) requests[provider].push(...((await logs[place]?.next()) ?? []));
    const { length } = requests.square;
    if (length < chosen.length) throw new Error(`Square was read ${length} times for ${chosen.length} changes`);
  };
  await waitUntil('the first call for each change', collect);
  await untilQuiet(bench, hub.database);
  await collect();
  return requests;
}

function toRows(label: string, requests: Requests, floor: { calls: number; writes: number }): Row[] {
  const row = (title: string, ours: number, value: number): Row => ({
    ...{ label: title, ours, unit: '', goal: { max: 1 } },
    floor: { label: 'the minimum', value },
  });
  return [
    row(`${label}: calls`, total(requests), floor.calls),
    row('… of these writes', total(onlyWrites(requests)), floor.writes),
  ];
}

function total(requests: Requests): number {
  return sum(Object.values(requests).map(({ length }) => length)) / people;
}

function onlyWrites(requests: Requests): Requests {
  return Object.fromEntries(providers.map((provider) => [provider, requests[provider].filter(isWrite)])) as Requests;
}

function describe(requests: Requests): string {
  const called = providers.filter((provider) => requests[provider].length > 0);
  return called.map((provider) => `${names[provider]} ${count(requests[provider])}`).join(' · ');
}

function count(requests: readonly LoggedRequest[]): string {
  const writes = requests.filter(isWrite).length / people;
  const reads = requests.length / people - writes;
  return writes === 0 ? `${reads} reads` : `${reads} reads, ${writes} writes`;
}
