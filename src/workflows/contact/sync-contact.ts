import { allHandlersFinished, condition, continueAsNew, setHandler } from '@temporalio/workflow';
import {
  contactChangedSignal,
  retryNowSignal,
  type SyncContactInput,
  type SyncState,
  syncNowUpdate,
  syncStateQuery,
} from '#workflows/messages.ts';
import { LaneRunner } from './lane-runner.ts';
import { Lanes } from './lanes.ts';

/**
 * Brings one contact in step. Each provider has a lane of its own, so that one that is down delays no other; the workflow completes
 * when every lane is idle. A lane that cannot go on parks: the workflow stays open and visible until `retryNow`, a new change or a
 * timer wakes the lane.
 */
export async function syncContact(input: SyncContactInput): Promise<SyncState> {
  const lanes = new Lanes((lane) => runner.run(lane));
  const runner = new LaneRunner(input, lanes);
  handleMessages(lanes);

  lanes.resume(input.carried ?? []);
  await condition(() => lanes.failure !== null || (allHandlersFinished() && lanes.areIdle()));
  if (lanes.failure) throw lanes.failure.error;
  const carried = lanes.carry();
  if (carried.length > 0) await continueAsNew<typeof syncContact>({ ...input, carried, ...runner.carry() });
  return lanes.state();
}

function handleMessages(lanes: Lanes): void {
  setHandler(contactChangedSignal, (changed) => lanes.accept(changed), {
    description: 'A record or the contact itself changed.',
  });
  setHandler(retryNowSignal, () => lanes.wake(), {
    description: 'Retries every parked provider now. Takes no input.',
  });
  setHandler(syncStateQuery, () => lanes.state(), {
    description: 'The state of each provider for this contact.',
  });
  setHandler(
    syncNowUpdate,
    async (changed) => {
      lanes.accept(changed);
      await condition(() => lanes.areAtRest());
      return lanes.state();
    },
    { description: 'Like contactChanged, and returns when no lane is working.' },
  );
}
