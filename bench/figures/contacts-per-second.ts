import type { Figure, Row } from '#bench/measure/figure.ts';
import { formatCpu, startAndCount, startAndWait, type Timed, timed } from '#bench/measure/in-flight.ts';
import { medianBy } from '#bench/measure/statistics.ts';
import { type ActivityQueue, readAndWrite, startBareWorkflows } from '#bench/setup/bare-workflows.ts';
import type { Bench } from '#bench/setup/bench.ts';
import { prepareColdLeads, tagColdLead } from '#bench/setup/cold-leads.ts';
import { type Database, openDatabase } from '#db/database.ts';

const inFlight = 50;

/** Tagged contacts fully synced per second, 50 in flight, in turns with bare workflows. */
export async function contactsPerSecond(bench: Bench): Promise<Figure> {
  const count = bench.quick ? 2 : 3;
  const total = bench.quick ? 50 : 100;
  const leads = await prepareColdLeads(bench, count * total);
  const bare = await startBareWorkflows(bench, Object.values(readAndWrite));
  const db = openDatabase({ url: bench.stack.database, poolSize: 1 });
  const processes = [...bench.stack.processes, { name: 'bare worker', pid: bare.pid }];
  const measure = (work: () => Promise<void>) => timed(processes, total, work);
  /** A contact counts once Accord has stored its sync status, after the dialer's response. */
  const syncMany = async () => {
    const before = await countSynced(db);
    const start = () => tagColdLead(bench, leads.next());
    await startAndCount({ total, inFlight }, { start, countDone: async () => (await countSynced(db)) - before });
  };
  const runMany = (queue: ActivityQueue) => startAndWait({ total, inFlight }, () => bare.run(readAndWrite[queue]));
  const rounds: Round[] = [];
  try {
    for (let round = 0; round < count; round += 1) {
      rounds.push({
        ours: await measure(syncMany),
        'another queue': await measure(() => runMany('another queue')),
        'the same queue': await measure(() => runMany('the same queue')),
      });
    }
  } finally {
    await Promise.all([bare.stop(), db.destroy()]);
  }
  return {
    title: `Contacts fully synced per second, ${inFlight} in flight`,
    rows: [
      { ...toRow(rounds, 'another queue', 'bare workflows, 2 activities on another queue'), goal: { min: 0.85 } },
      toRow(rounds, 'the same queue', '… with both activities on their own queue'),
    ],
    notes: [
      `median of ${count} rounds of ${total} contacts in turns`,
      `CPU per contact: ${formatCpu(rounds.map(({ ours }) => ours))}`,
      `CPU per bare workflow: ${formatCpu(rounds.map((round) => round['another queue']))}`,
    ],
  };
}

type Round = Record<'ours' | ActivityQueue, Timed>;

/** From the round with the median ratio. */
function toRow(rounds: Round[], floor: ActivityQueue, floorLabel: string): Row {
  const round = medianBy(rounds, ({ ours, [floor]: bare }) => ours.perSecond / bare.perSecond);
  return { label: 'synced', ours: round.ours.perSecond, unit: '/s', floor: { label: floorLabel, value: round[floor].perSecond } };
}

async function countSynced(db: Database): Promise<number> {
  const query = db.selectFrom('contact').select(({ fn }) => fn.countAll<string>().as('count'));
  return Number((await query.where('sync_status', '=', 'synced').executeTakeFirstOrThrow()).count);
}
