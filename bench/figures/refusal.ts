import { atFixedRate } from '#bench/measure/at-fixed-rate.ts';
import type { Figure } from '#bench/measure/figure.ts';
import { percentile } from '#bench/measure/statistics.ts';
import type { Bench } from '#bench/setup/bench.ts';
import { runFullPass } from '#bench/setup/full-pass.ts';
import { startEmptySandboxes, startOwn } from '#bench/setup/own-processes.ts';
import { person, seedPeople } from '#bench/setup/people.ts';
import { writePublishedConfig } from '#bench/setup/published-config.ts';
import { untilQuiet } from '#bench/setup/quiet.ts';
import { callJson } from '#dev/call-json.ts';
import type { SandboxAccounts } from '#dev/stack/sandboxes.ts';
import { waitUntil } from '#dev/wait-until.ts';
import { freePort } from '#free-port.ts';

/** CallTools allows two calls a second: a refusal costs it a read and a write. */
const everyMs = 2_000;
const taskQueuePrefix = 'refusal';

/** The time from a refusal in GoHighLevel until the dialer neither lists nor calls the person, at the call rates of the published accord.yaml. */
export async function refusal(bench: Bench): Promise<Figure> {
  const count = bench.quick ? 15 : 100;
  await using cleanUp = new AsyncDisposableStack();
  const api = `http://127.0.0.1:${await freePort()}`;
  const { accounts } = cleanUp.adopt(await startEmptySandboxes(bench, api), (each) => each.stop());
  const database = await bench.createDatabase('bench_refusal');
  const ACCORD_CONFIG = await writePublishedConfig(bench.logs, { name: 'refusal', newAccounts: 'live' });
  const own = {
    database,
    sandboxes: accounts,
    providers: 'all',
    api,
    env: { ACCORD_CONFIG, TASK_QUEUE_PREFIX: taskQueuePrefix },
  } as const;
  cleanUp.adopt(await startOwn(bench, 'api', own), (each) => each.stop());
  cleanUp.adopt(await startOwn(bench, 'worker', own), (each) => each.stop());
  const people = Array.from({ length: count }, (_, index) => ({ ...person(index), tags: ['cold lead'] }));
  const ids = await seedPeople(accounts.gohighlevel, people);
  await runFullPass(bench.temporal, 'gohighlevel', taskQueuePrefix);
  await waitUntil(
    'everybody to be in the dialer',
    async () => {
      const listed = (await dialerOf(accounts)).filter(({ buckets }) => buckets.length > 0).length;
      if (listed < count) throw new Error(`${listed} of ${count} are there`);
    },
    { timeoutMs: 10 * 60_000, everyMs: 1_000 },
  );
  await untilQuiet(bench, database);
  const refusedAt = new Map<string, number>();
  await atFixedRate(count, everyMs, async (index) => {
    refusedAt.set(people[index]?.phone ?? '', await refuse(accounts, ids[index] ?? ''));
  });
  const seconds: number[] = [];
  await waitUntil(
    'the refusals to reach the dialer',
    async () => {
      const out = (await dialerOf(accounts)).filter(({ buckets, do_not_contact }) => buckets.length === 0 && do_not_contact);
      if (out.length < count) throw new Error(`${out.length} of ${count} are out`);
      seconds.push(...out.map((each) => (Date.parse(each.updated_on) - (refusedAt.get(each.mobile_phone_number) ?? 0)) / 1_000));
    },
    { timeoutMs: 10 * 60_000, everyMs: 250 },
  );
  return {
    title: `Refusal in GoHighLevel → out of the dialer, one every ${everyMs / 1_000} seconds, at the rates of accord.yaml`,
    rows: [
      { label: 'p50', ours: percentile(seconds, 50), unit: 's' },
      { label: 'p95', ours: percentile(seconds, 95), unit: 's', goal: { max: 60 } },
    ],
    notes: [`${count} refusals; CallTools is called twice a second at most`],
  };
}

interface DialerContact {
  mobile_phone_number: string;
  buckets: unknown[];
  do_not_contact: boolean;
  updated_on: string;
}

async function dialerOf(accounts: SandboxAccounts): Promise<DialerContact[]> {
  return (await callJson<{ contacts: DialerContact[] }>(`${accounts.calltools.control}/records`)).contacts;
}

/** As an automation of GoHighLevel does. Returns the time. */
async function refuse({ gohighlevel: { url, token } }: SandboxAccounts, id: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, version: '2021-07-28' };
  await callJson(`${url}/contacts/${id}`, { method: 'PUT', headers, body: { dnd: true } });
  return Date.now();
}
