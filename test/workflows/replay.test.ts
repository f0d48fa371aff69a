import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import proto from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { silenceRuntime } from '#test/setup/accord.ts';
import { buildWorkflowBundle } from '#workflow-bundle.ts';
import { personalData } from './recording/recorded-people.ts';

const directory = new URL('./histories/', import.meta.url);
const { History } = proto.temporal.api.history.v1;

interface Recorded {
  workflowId: string;
  history: { events: RecordedEvent[] };
}

interface RecordedEvent {
  eventType: string;
  activityTaskScheduledEventAttributes?: { activityType: { name: string } };
}

const files = readdirSync(directory).filter((file) => file.endsWith('.json'));
const recorded = (file: string): Recorded => JSON.parse(readFileSync(new URL(file, directory), 'utf8'));

describe('a recorded run', () => {
  let bundle: { code: string };
  beforeAll(async () => {
    silenceRuntime();
    bundle = await buildWorkflowBundle();
  });

  it.each(files)('replays in the current workflow code: %s', async (file) => {
    expect(await replay(bundle, recorded(file))).toBeUndefined();
  });

  it('fails to replay when one of its activities is changed', async () => {
    const run = recorded('happy-pass.json');
    const first = run.history.events.find((event) => event.activityTaskScheduledEventAttributes);
    (first as Required<RecordedEvent>).activityTaskScheduledEventAttributes.activityType.name = 'pushRecord';
    expect((await replay(bundle, run))?.name).toBe('DeterminismViolationError');
  });
});

describe('the recordings', () => {
  it.each([
    ['happy-pass', ['observeRecord', 'pushRecord']],
    ['listed-by-records', ['pushRecord', 'MARKER_RECORDED', 'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES', 'WORKFLOW_EXECUTION_COMPLETED']],
    ['customer-excluded', ['observeRecord', 'pushRecord']],
    ['burst', ['observeRecord', 'observeRecord', 'observeRecord']],
    [
      'park-and-retry-now',
      ['recordParked', 'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES', 'WORKFLOW_EXECUTION_SIGNALED', 'TIMER_CANCELED', 'pushRecord'],
    ],
    ['parked-wakes-by-itself', ['recordParked', 'TIMER_FIRED', 'pushRecord', 'WORKFLOW_EXECUTION_COMPLETED']],
    ['gave-up', ['recordParked', 'TIMER_FIRED', 'pushRecord', 'WORKFLOW_EXECUTION_FAILED']],
    ['continue-as-new-1', ['recordParked', 'WORKFLOW_EXECUTION_CONTINUED_AS_NEW']],
    ['sync-now', ['WORKFLOW_EXECUTION_UPDATE_ACCEPTED', 'WORKFLOW_EXECUTION_UPDATE_COMPLETED']],
    ['reconcile-first-import', ['startRun', 'reconcilePage', 'pushBatch', 'completeRun']],
    ['reconcile-few-drifted', ['startRun', 'reconcilePage', 'completeRun']],
    ['reconcile-failed', ['startRun', 'reconcilePage', 'failRun', 'WORKFLOW_EXECUTION_FAILED']],
    [
      'reconcile-scheduled',
      ['MARKER_RECORDED', 'START_CHILD_WORKFLOW_EXECUTION_INITIATED', 'CHILD_WORKFLOW_EXECUTION_COMPLETED'],
    ],
    ['reconcile-paused', ['WORKFLOW_EXECUTION_SIGNALED', 'WORKFLOW_EXECUTION_SIGNALED', 'reconcilePage', 'completeRun']],
    ['missing-waits', ['observeRecord', 'TIMER_STARTED', 'WORKFLOW_EXECUTION_UPDATE_COMPLETED']],
    ['missing-then-gone', ['observeRecord', 'TIMER_FIRED', 'observeRecord', 'WORKFLOW_EXECUTION_COMPLETED']],
    ['missing-continued-1', ['observeRecord', 'TIMER_STARTED', 'WORKFLOW_EXECUTION_CONTINUED_AS_NEW']],
    ['missing-continued-2', ['TIMER_FIRED', 'observeRecord', 'WORKFLOW_EXECUTION_COMPLETED']],
    ['poll-few', ['pollChanges', 'WORKFLOW_EXECUTION_COMPLETED']],
    ['poll-many', ['pollChanges', 'pushBatch', 'WORKFLOW_EXECUTION_COMPLETED']],
    ['poll-expired', ['pollChanges', 'START_CHILD_WORKFLOW_EXECUTION_INITIATED', 'WORKFLOW_EXECUTION_COMPLETED']],
    [
      'reconcile-place-everybody',
      ['startRun', 'reconcilePage', 'listUnplacedContacts', 'pushBatch', 'listUnplacedContacts', 'completeRun'],
    ],
    ['go-live', ['nextGoLivePage', 'pushBatch', 'nextGoLivePage', 'endGoLive', 'WORKFLOW_EXECUTION_COMPLETED']],
    ['go-live-refused', ['nextGoLivePage', 'pushBatch', 'endGoLive', 'WORKFLOW_EXECUTION_FAILED']],
    ['go-live-undone', ['nextUndoPage', 'undoBatch', 'nextUndoPage', 'endUndo', 'WORKFLOW_EXECUTION_COMPLETED']],
    ['go-live-paused', ['nextGoLivePage', 'endGoLive', 'WORKFLOW_EXECUTION_COMPLETED']],
    ['confirmation', ['sendConfirmation', 'WORKFLOW_EXECUTION_COMPLETED']],
    ['review', ['reviewPage', 'reviewPage', 'WORKFLOW_EXECUTION_COMPLETED']],
    ['hook-served', ['WORKFLOW_EXECUTION_SIGNALED', 'drainEndpoint', 'WORKFLOW_EXECUTION_COMPLETED']],
    ['hook-retried', ['drainEndpoint', 'TIMER_FIRED', 'drainEndpoint', 'WORKFLOW_EXECUTION_COMPLETED']],
    // From before a drain returned a delay instead of a time.
    ['hook-retried-by-the-clock', ['drainEndpoint', 'TIMER_FIRED', 'drainEndpoint', 'WORKFLOW_EXECUTION_COMPLETED']],
    [
      'hook-breaker-and-retry-now',
      [
        ...[
          'drainEndpoint',
          'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES',
          'TIMER_STARTED',
          'WORKFLOW_EXECUTION_SIGNALED',
          'hurryDeliveries',
        ],
        ...['TIMER_CANCELED', 'drainEndpoint', 'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES', 'WORKFLOW_EXECUTION_COMPLETED'],
      ],
    ],
    ['hook-continued-1', ['drainEndpoint', 'TIMER_FIRED', 'WORKFLOW_EXECUTION_CONTINUED_AS_NEW']],
    ['hook-continued-2', ['drainEndpoint', 'WORKFLOW_EXECUTION_COMPLETED']],
    ['redrive-done', ['countDead', 'redriveDead', 'TIMER_FIRED', 'redriveDead', 'WORKFLOW_EXECUTION_COMPLETED']],
    ['redrive-cancelled', ['countDead', 'redriveDead', 'WORKFLOW_EXECUTION_CANCEL_REQUESTED', 'WORKFLOW_EXECUTION_CANCELED']],
    ['prune', ['pruneWebhooks', 'WORKFLOW_EXECUTION_COMPLETED']],
    ['import-checked', ['nextImportStep', 'nextImportStep', 'WORKFLOW_EXECUTION_COMPLETED']],
    ['import-completed', ['nextImportStep', 'nextImportStep', 'pushBatch', 'nextImportStep', 'WORKFLOW_EXECUTION_COMPLETED']],
    ['import-refused', ['nextImportStep', 'nextImportStep', 'WORKFLOW_EXECUTION_COMPLETED']],
    ['erased', ['planErasure', 'eraseRecords', 'finishErasure', 'WORKFLOW_EXECUTION_COMPLETED']],
    [
      'erased-after-a-wait',
      [
        ...['planErasure', 'eraseRecords', 'finishErasure', 'TIMER_FIRED'],
        ...['planErasure', 'eraseRecords', 'finishErasure', 'WORKFLOW_EXECUTION_COMPLETED'],
      ],
    ],
    ['incidents', ['watchIncidents', 'WORKFLOW_EXECUTION_COMPLETED']],
  ])('%s contains the activities that it is named for', (name, milestones) => {
    expect(inOrder(stepsOf(recorded(`${name}.json`)), milestones)).toEqual(milestones);
  });

  it.each(files)('contain no personal data and no machine names: %s', (file) => {
    const text = everythingIn(recorded(file)).toLowerCase();
    expect([...personalData, 'file:///', process.cwd()].filter((secret) => text.includes(secret))).toEqual([]);
  });
});

/** The error of a replay; undefined when it succeeds. */
async function replay(workflowBundle: { code: string }, { workflowId, history }: Recorded): Promise<Error | undefined> {
  const replays = Worker.runReplayHistories({ workflowBundle }, [{ workflowId, history: History.fromObject(history) }]);
  const [result] = await Array.fromAsync(replays);
  return result?.error;
}

/** Events by type, activities by name. */
function stepsOf({ history }: Recorded): string[] {
  return history.events.map(
    (event) => event.activityTaskScheduledEventAttributes?.activityType.name ?? event.eventType.replace('EVENT_TYPE_', ''),
  );
}

/** The milestones that occur, in order and without repetitions. */
function inOrder(steps: string[], milestones: string[]): string[] {
  let place = 0;
  return milestones.filter((milestone) => {
    const found = steps.indexOf(milestone, place);
    if (found === -1) return false;
    place = found + 1;
    return true;
  });
}

/** All text of a recording, with every payload decoded. */
function everythingIn(value: unknown): string {
  if (typeof value === 'string') return `${value} ${Buffer.from(value, 'base64').toString('utf8')}\n`;
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(everythingIn).join('');
}
