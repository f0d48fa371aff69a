import type { Known } from './crowd.ts';
import { judgeDeliveries } from './judge-deliveries.ts';
import { judgePeople } from './judge-people.ts';
import type { Settled } from './settle.ts';
import type { Subscriber } from './subscriber.ts';
import type { Trial } from './trial.ts';

interface Evidence {
  people: readonly Known[];
  subscribers: readonly Subscriber[];
  settled: Settled;
}

/** Everything that is not as it must be after a run, in words; judged from outside. */
export async function judge(trial: Trial, { people, subscribers, settled }: Evidence): Promise<string[]> {
  const receipts = await Promise.all(subscribers.map((each) => judgeDeliveries(trial, each, people)));
  return [
    ...settled.open.map((each) => `still open: ${each}`),
    ...settled.lateWrites.map((each) => `the last pass wrote: ${each}`),
    ...(await judgeWorkflows(trial)),
    ...(await judgePeople(trial, people)),
    ...receipts.flat(),
  ];
}

async function judgeWorkflows({ temporal }: Trial): Promise<string[]> {
  const failed: string[] = [];
  const query = 'ExecutionStatus IN ("Failed", "Terminated", "TimedOut")';
  for await (const { type, workflowId, status } of temporal.workflow.list({ query }))
    failed.push(`${type} ${workflowId} has ${status.name.toLowerCase()}`);
  return failed;
}
