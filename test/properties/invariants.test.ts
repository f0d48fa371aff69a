import { beforeAll, describe, expect, it } from '@jest/globals';
import { useDatabase } from '#test/db/test-database.ts';
import { findResurrection } from './erase.ts';
import { findInLanes } from './in-lanes.ts';
import type { Invariant } from './judge.ts';
import { findBrokenLife, tellBroken } from './lives/find-broken-life.ts';
import { settings, timeoutFor } from './settings.ts';
import { minimise, type SweepResult, sweep } from './sweep.ts';
import { findMistake } from './take-apart.ts';

const on = useDatabase();
/** Each erasure searches all rows, also those that others have left. */
const ofErasures = useDatabase();

const promises: [Invariant, string][] = [
  ['I1', 'convergence: all providers agree three rounds after the last edit and fault'],
  ['I2', 'no lost update: no knowingly replaced value comes back, and the history has the losing value of each conflict'],
  ['I3', 'no duplicate: one record per person at each provider, and one contact'],
  ['I7', 'quiescence: a pass without changes writes nothing and leaves no history'],
  ['I10', 'delete safety: no contact is taken for deleted without a deletion'],
  ['I12', 'consent is monotone: no schedule turns a refusal into a permission'],
  ['I14', 'explainability: every write that landed has a history row with its cause'],
  ['I15', 'secrets: errors and causes contain no personal data'],
];

describe.each([
  ['schedules with every fault', { maxSteps: 24, faults: true, share: 0.8 }],
  ['schedules with faults of people and webhooks only', { maxSteps: 12, faults: false, share: 0.2 }],
])('%s', (_, { share, ...options }) => {
  const runs = Math.ceil(settings.runs * share);
  let swept: SweepResult;

  beforeAll(async () => {
    swept = await sweep(on.db, { ...options, runs, seed: settings.seed, path: settings.path });
    const rate = (swept.runs / swept.seconds).toFixed(1);
    console.info(`${swept.runs} schedules, ${swept.activities} activities, ${rate} schedules/s, ACCORD_SEED=${settings.seed}`);
  }, timeoutFor(runs));

  it.each(promises)(
    '%s %s',
    async (invariant) => {
      const found = swept.found.get(invariant);
      if (found) throw new Error(await minimise(on.db, options, found));
      expect(swept.runs).toBeGreaterThan(0);
    },
    timeoutFor(100),
  );
});

it(
  'I13 an undone merge: each of two people has what was written at their own vendor, and nothing else',
  async () => {
    const runs = Math.ceil(settings.runs * 0.1);
    expect(await findInLanes({ runs, seed: settings.seed }, (lane) => findMistake(on.db, lane))).toBeNull();
  },
  timeoutFor(settings.runs),
);

it(
  'I4 no resurrection: an erased person is nowhere, whatever was under way, and whatever arrives afterwards',
  async () => {
    const runs = Math.ceil(settings.runs * 0.2);
    expect(await findInLanes({ runs, seed: settings.seed }, (lane) => findResurrection(ofErasures.db, lane))).toBeNull();
  },
  timeoutFor(settings.runs),
);

it(
  'several people amid deletions, refusals, merges and erasures: nobody is lost, doubled, called after a refusal, or kept after an erasure',
  async () => {
    // Each plays a dozen passes over three people.
    const runs = Math.ceil(settings.runs * 0.05);
    const broken = await findInLanes({ runs, seed: settings.seed }, (lane) => findBrokenLife(on.db, lane));
    expect(broken && tellBroken(broken)).toBeNull();
  },
  timeoutFor(settings.runs),
);
