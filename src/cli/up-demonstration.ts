import { type DemonstratedStack, syncEverything } from '../dev/demonstration.ts';
import { showLiveChange } from '../dev/live-change.ts';
import type { StackState } from '../dev/stack-state.ts';
import { showFact, showLine, showProgress } from './screen.ts';

export interface Demonstration {
  stack: DemonstratedStack;
  state: StackState;
  /** Keeps what the state says of the demonstration's progress. */
  save(): Promise<void>;
  signal: AbortSignal;
}

/** At the first start a full sync of the sample contacts; at every start one change, live. */
export async function demonstrate(demonstration: Demonstration): Promise<void> {
  const { state, save } = demonstration;
  showLine('');
  if (!state.synced) {
    await syncWithProgress(demonstration);
    state.synced = true;
    await save();
  }
  await changeLive(demonstration);
  state.shown += 1;
  await save();
}

async function syncWithProgress({ stack, signal }: Demonstration): Promise<void> {
  const startedAt = performance.now();
  const bar = showProgress('Syncing 500 sample contacts from GoHighLevel', 500);
  try {
    await syncEverything(stack, { onProgress: bar.update, signal });
  } finally {
    bar.stop();
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  showFact(`500 sample contacts compared and synced in ${seconds} s`);
}

async function changeLive({ stack, state, signal }: Demonstration): Promise<void> {
  const { name, bucket, ms } = await showLiveChange(stack.sandboxes, state.shown, signal);
  showFact(`Live: ${name} was tagged “cold lead” in GoHighLevel, and was in CallTools’ bucket “${bucket}” ${ms} ms later`);
}
