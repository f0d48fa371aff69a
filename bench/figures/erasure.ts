import { setTimeout as delay } from 'node:timers/promises';
import type { Figure } from '#bench/measure/figure.ts';
import { percentile } from '#bench/measure/statistics.ts';
import { createKey } from '#bench/setup/asked-api.ts';
import type { Bench } from '#bench/setup/bench.ts';
import { startHub } from '#bench/setup/hub.ts';

interface Erasure {
  id: string;
  state: string;
  records: { state: string; provider: string }[];
}

const everyMs = 20;

/** The time from the request to erase a person until every vendor has proved that its record is gone, one person at a time. */
export async function erasure(bench: Bench): Promise<Figure> {
  const people = bench.quick ? 10 : 30;
  await using cleanUp = new AsyncDisposableStack();
  const hub = await startHub(bench, { plain: 0, leads: people + 1 }, cleanUp);
  const key = await createKey(hub.database);
  const seconds: number[] = [];
  let vendors = 0;
  for (const [index, person] of hub.leads.entries()) {
    const startedAt = performance.now();
    const contact = `/api/v1/contacts/gohighlevel:${person.gohighlevel}/erase`;
    const erased = await call<{ erasure: Erasure }>(hub.api, key, contact, { reason: 'bench' });
    const completed = await untilCompleted(hub.api, key, erased.erasure.id);
    // The first one warms up a worker that has just started.
    if (index > 0) seconds.push((performance.now() - startedAt) / 1_000);
    vendors = Math.max(vendors, new Set(completed.records.map(({ provider }) => provider)).size);
  }
  return {
    title: `Erasure of a person in ${vendors} vendors, proved by a read at each`,
    rows: [
      { label: 'p50', ours: percentile(seconds, 50), unit: 's', goal: { max: 10 } },
      { label: 'slowest', ours: Math.max(...seconds), unit: 's', goal: { max: 10 } },
    ],
    notes: [`${people} people, one after the other, from the request to the completed erasure`],
  };
}

async function untilCompleted(api: string, key: string, id: string): Promise<Erasure> {
  for (;;) {
    const read = await call<Erasure>(api, key, `/api/v1/erasures/${id}`);
    if (read.state === 'completed') return read;
    await delay(everyMs);
  }
}

async function call<Data>(api: string, key: string, path: string, body?: object): Promise<Data> {
  const response = await fetch(api + path, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as { data: Data; detail?: string };
  if (!response.ok) throw new Error(`${path}: ${response.status} ${answer.detail}`);
  return answer.data;
}
