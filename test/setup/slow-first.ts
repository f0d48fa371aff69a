import { createRequire } from 'node:module';

// Its types describe only the CommonJS module.
const { default: TestSequencer } = createRequire(import.meta.url)(
  '@jest/test-sequencer',
) as typeof import('@jest/test-sequencer');

type Tests = Parameters<InstanceType<typeof TestSequencer>['sort']>[0];

/** The slowest first. Without durations of an earlier run, Jest starts the largest file first, and some of these at the end. */
const slowest = [
  'chaos/chaos',
  'admin/pages',
  'cli/up/up',
  'properties/sigkill',
  'end-to-end/lead-webhooks-crash',
  'end-to-end/go-live-crash',
  'end-to-end/go-live',
  'end-to-end/faults',
  'properties/invariants',
  'end-to-end/name-parts',
  'end-to-end/hub',
  'end-to-end/hub-faults',
  'end-to-end/hub-conflicts',
  'end-to-end/hub-doubles',
  'workflows/contact/missing-record',
  'workflows/contact/sync-contact',
].map((name) => `/test/${name}.test.ts`);

/** Starts the slowest files first: one that starts last keeps one process busy while the others have nothing left. */
export default class SlowFirst extends TestSequencer {
  override async sort(tests: Tests): Promise<Tests> {
    const placeOf = (path: string) => {
      const place = slowest.findIndex((end) => path.endsWith(end));
      return place === -1 ? slowest.length : place;
    };
    const sorted = await super.sort(tests);
    return sorted.toSorted((one, other) => placeOf(one.path) - placeOf(other.path));
  }
}
