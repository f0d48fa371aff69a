import { setTimeout as delay } from 'node:timers/promises';
import { type Database, openDatabase } from '../../src/db/database.ts';
import type { Figure, Row } from '../measure/figure.ts';
import { medianBy, percentile, sum } from '../measure/statistics.ts';
import { type CpuUse, cpuDuring } from '../measure/usage.ts';
import { type ActivityQueue, type BareWorkflows, startBareWorkflows } from '../setup/bare-workflows.ts';
import type { Bench } from '../setup/bench.ts';
import { type ColdLeads, prepareColdLeads, tagColdLead } from '../setup/cold-leads.ts';

const inFlight = 50;

/** How many tagged contacts a second are fully synced, 50 of them under way at any time, in turns with bare workflows. */
export async function contactsPerSecond(bench: Bench): Promise<Figure> {
  const count = bench.quick ? 2 : 3;
  const each = bench.quick ? 50 : 100;
  const leads = await prepareColdLeads(bench, count * each);
  const bare = await startBareWorkflows(bench);
  const db = openDatabase({ url: bench.stack.database, poolSize: 1 });
  const processes = [...bench.stack.processes, { name: 'bare worker', pid: bare.pid }];
  const measure = (work: () => Promise<void>) => timed(processes, each, work);
  const rounds: Round[] = [];
  try {
    for (let round = 0; round < count; round += 1) {
      rounds.push({
        ours: await measure(() => syncMany(bench, db, leads, each)),
        another: await measure(() => runMany(bare, 'another queue', each)),
        same: await measure(() => runMany(bare, 'the same queue', each)),
      });
    }
  } finally {
    await Promise.all([bare.stop(), db.destroy()]);
  }
  return {
    title: `Contacts fully synced a second, ${inFlight} in flight`,
    rows: [
      { ...beside(rounds, 'another', 'bare workflows, 2 activities on another queue'), goal: { atLeast: 0.7 } },
      beside(rounds, 'same', '… with both activities on their own queue'),
    ],
    notes: [
      `${count} rounds of ${each} contacts in turns, the median one shown`,
      `CPU for one contact: ${showCpu(rounds.map(({ ours }) => ours))}`,
      `CPU for one bare workflow: ${showCpu(rounds.map(({ another }) => another))}`,
    ],
  };
}

type Round = Record<'ours' | 'another' | 'same', Timed>;

/** Of the round with the median ratio. */
function beside(rounds: Round[], floor: 'another' | 'same', what: string): Row {
  const round = medianBy(rounds, ({ ours, [floor]: bare }) => ours.perSecond / bare.perSecond);
  return { what: 'synced', ours: round.ours.perSecond, unit: '/s', floor: { what, value: round[floor].perSecond } };
}

interface Timed {
  perSecond: number;
  /** For one contact or workflow. */
  cpu: CpuUse[];
}

async function timed(processes: Parameters<typeof cpuDuring>[0], total: number, work: () => Promise<void>): Promise<Timed> {
  const startedAt = performance.now();
  const cpu = await cpuDuring(processes, work);
  const perSecond = total / ((performance.now() - startedAt) / 1_000);
  return { perSecond, cpu: cpu.map(({ name, ms }) => ({ name, ms: ms / total })) };
}

/** A contact is synced when Accord has stored that it is: that is after the dialer's answer. */
async function syncMany(bench: Bench, db: Database, leads: ColdLeads, total: number): Promise<void> {
  const before = await countSynced(db);
  const deadline = performance.now() + 60_000;
  for (let tagged = 0, synced = 0; synced < total; synced = (await countSynced(db)) - before) {
    const free = Math.min(inFlight - (tagged - synced), total - tagged);
    await Promise.all(Array.from({ length: free }, () => tagColdLead(bench, leads.next())));
    tagged += free;
    await delay(20);
    if (performance.now() > deadline) throw new Error(`${synced} of ${tagged} contacts were synced in a minute`);
  }
}

async function runMany(bare: BareWorkflows, queue: ActivityQueue, total: number): Promise<void> {
  let left = total;
  const work = async () => {
    for (; left > 0; await bare.run(queue)) left -= 1;
  };
  await Promise.all(Array.from({ length: inFlight }, work));
}

async function countSynced(db: Database): Promise<number> {
  const query = db.selectFrom('contact').select(({ fn }) => fn.countAll<string>().as('count'));
  return Number((await query.where('sync_status', '=', 'synced').executeTakeFirstOrThrow()).count);
}

function showCpu(rounds: Timed[]): string {
  const names = rounds[0]?.cpu.map(({ name }) => name) ?? [];
  const use = (name: string) =>
    percentile(
      rounds.map(({ cpu }) => cpu.find((each) => each.name === name)?.ms ?? 0),
      50,
    );
  const parts = names.map((name) => ({ name, ms: use(name) })).filter(({ ms }) => ms >= 0.5);
  return `${sum(parts.map(({ ms }) => ms)).toFixed(0)} ms (${parts.map(({ name, ms }) => `${name} ${ms.toFixed(1)}`).join(', ')})`;
}
