import type { Database } from '#db/database.ts';
import {
  type FinalState,
  judgeAgreement,
  judgeBlame,
  judgeBurials,
  judgeExplanations,
  judgeSecrets,
  judgeUpdates,
  readState,
  type Violation,
} from './judge.ts';
import type { Schedule } from './schedule.ts';
import { Simulation } from './simulation.ts';

/** The maximum number of passes after the last edit and fault until all providers agree. */
const roundsToAgree = 3;

export interface Verdict {
  violations: Violation[];
  simulation: Simulation;
}

/** Plays a schedule, lets everything settle, and returns the broken invariants. */
export async function runSchedule(db: Database, schedule: Schedule, trace = (_line: string) => {}): Promise<Verdict> {
  const simulation = new Simulation(db, schedule);
  simulation.hub.trace = trace;
  await simulation.play(schedule);
  const { state, disagreements } = await settle(simulation);
  return {
    simulation,
    violations: [
      ...disagreements,
      ...judgeUpdates(simulation, state),
      ...judgeExplanations(simulation, state),
      ...judgeBlame(simulation, state),
      ...judgeBurials(simulation, state),
      ...judgeSecrets(simulation, state),
      // A provider that is out of step needs a write.
      ...(disagreements.length > 0 ? [] : await judgeQuiet(simulation)),
    ],
  };
}

async function settle(simulation: Simulation): Promise<{ state: FinalState; disagreements: Violation[] }> {
  for (let round = 1; ; round += 1) {
    await simulation.round();
    const state = await readState(simulation);
    const disagreements = judgeAgreement(simulation, state);
    if (disagreements.length === 0 || round === roundsToAgree) return { state, disagreements };
  }
}

/** I7: a pass without outside changes writes nothing and adds no history. */
async function judgeQuiet(simulation: Simulation): Promise<Violation[]> {
  const before = await look(simulation);
  for (const { id } of before.state.contacts) for (const { traits } of simulation.models) simulation.hub.push(traits.id, id);
  await simulation.round();
  const after = await look(simulation);
  const quiet = (what: string): Violation[] => [{ invariant: 'I7', what }];
  if (after.writes !== before.writes) return quiet(`${after.writes - before.writes} writes with nothing changed`);
  const rows = after.state.history.length - before.state.history.length;
  return rows === 0 ? [] : quiet(`${rows} rows of history with nothing changed`);
}

async function look(simulation: Simulation): Promise<{ state: FinalState; writes: number }> {
  const writes = simulation.models.reduce((sum, model) => sum + model.writes.length, 0);
  return { state: await readState(simulation), writes };
}
