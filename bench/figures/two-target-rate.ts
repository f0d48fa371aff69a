import { sql } from 'kysely';
import type { Figure } from '#bench/measure/figure.ts';
import { formatCpu, startAndCount, startAndWait, type Timed, timed } from '#bench/measure/in-flight.ts';
import { medianBy } from '#bench/measure/statistics.ts';
import { readAndWriteTwo, startBareWorkflows } from '#bench/setup/bare-workflows.ts';
import type { Bench } from '#bench/setup/bench.ts';
import type { Hub, HubPeople, HubPerson } from '#bench/setup/hub.ts';
import { untilQuiet } from '#bench/setup/quiet.ts';
import { rename } from '#bench/setup/rename.ts';
import { type Database, openDatabase } from '#db/database.ts';

const inFlight = 50;

export function perRound({ quick }: Bench): number {
  return quick ? 50 : 100;
}

/** Changes per second that reach both targets, 50 in flight, in turns with bare workflows. */
export async function twoTargetRate(bench: Bench, hub: Hub & HubPeople): Promise<Figure> {
  const count = bench.quick ? 2 : 3;
  const total = perRound(bench);
  const bare = await startBareWorkflows(bench, [readAndWriteTwo]);
  const db = openDatabase({ url: hub.database, poolSize: 1 });
  const processes = [...hub.processes, { name: 'bare worker', pid: bare.pid }];
  const rounds: Record<'ours' | 'bare', Timed>[] = [];
  const renameAll = (firstName: string) =>
    startAndCount(
      { total, inFlight },
      {
        start: (index) => rename(hub, hub.plain[index] as HubPerson, firstName),
        countDone: () => countSynced(db, firstName),
      },
    );
  try {
    for (let round = 0; round < count; round += 1) {
      const ours = await timed(processes, total, () => renameAll(`Round${String.fromCharCode(97 + round)}`));
      await untilQuiet(bench, hub.database);
      const floor = await timed(processes, total, () => startAndWait({ total, inFlight }, () => bare.run(readAndWriteTwo)));
      rounds.push({ ours, bare: floor });
    }
  } finally {
    await Promise.all([bare.stop(), db.destroy()]);
  }
  const { ours, bare: floor } = medianBy(rounds, (round) => round.ours.perSecond / round.bare.perSecond);
  return {
    title: `Changes from GoHighLevel to Square and Google per second, ${inFlight} in flight`,
    rows: [
      {
        ...{ label: 'synced', ours: ours.perSecond, unit: '/s', goal: { min: 0.8 } },
        floor: { label: 'bare workflows, 1 activity and then 2 at once, on 3 queues', value: floor.perSecond },
      },
    ],
    notes: [
      `median of ${count} rounds of ${total} changes in turns`,
      `CPU per change: ${formatCpu(rounds.map((round) => round.ours))}`,
      `CPU per bare workflow: ${formatCpu(rounds.map((round) => round.bare))}`,
    ],
  };
}

/** Synced contacts with this first name. */
async function countSynced(db: Database, firstName: string): Promise<number> {
  const row = await db
    .selectFrom('contact')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('sync_status', '=', 'synced')
    .where(sql<boolean>`fields ->> 'givenName' = ${firstName}`)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}
