import {
  type Client,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import type { Logger } from 'pino';
import type { RetentionDays } from './db/delivery/prune.ts';
import type { RecordRetentionDays } from './db/sync/prune.ts';
import type { Provider } from './providers/provider.ts';
import type { PruneInput } from './workflows/delivery/prune-deliveries.ts';
import {
  pollScheduleId,
  pollWorkflowId,
  pruneScheduleId,
  pruneWorkflowId,
  reconcileScheduleId,
  reconcileWorkflowId,
  reviewScheduleId,
  reviewWorkflowId,
  watchScheduleId,
  watchWorkflowId,
} from './workflows/ids.ts';
import type { PollProviderInput, ReconcileInput } from './workflows/messages.ts';
import type { ReviewInput } from './workflows/passes/review-matches.ts';
import { pollSummary, reconcileSummary } from './workflows/summaries.ts';
import { taskQueues } from './workflows/task-queues.ts';

export interface SchedulesInput {
  /** Connected providers that keep records: not the source-only ones. */
  providers: readonly ScheduledProvider[];
  /** Cron expressions in UTC; `poll` by provider id. */
  schedules: { reconcile: string; poll: Readonly<Record<string, string>> };
  /** How long deliveries and records are kept; omitted to remove none. */
  retention?: { deliveries: RetentionDays; records: RecordRetentionDays };
  /** Whether contacts are compared with each other at night. */
  reviewsMatches?: boolean;
  /** Whether problems are looked for, and told to operators and subscribers. */
  watchesIncidents?: boolean;
  taskQueuePrefix: string;
  logger: Logger;
}

/** Without the logger of whoever creates them. */
type Wanted = Omit<SchedulesInput, 'logger'>;

export interface ScheduledProvider {
  id: string;
  /** The provider sends no webhooks and must be polled for changes. */
  isPolled: boolean;
}

/** The parts of the configuration that say which schedules there are. */
interface ConfigOfSchedules {
  providers: readonly Pick<Provider, 'id' | 'isSourceOnly' | 'pollSchedule'>[];
  accounts: Readonly<Record<string, unknown>>;
  schedules: SchedulesInput['schedules'];
  matching: { mode: string };
  webhooks: { retentionDays: RetentionDays };
  retentionDays: RecordRetentionDays;
  temporal: { taskQueuePrefix: string };
}

/** The schedules of a configuration. Source-only providers need no passes: their records are stored here before they are read. */
export function schedulesOf(config: ConfigOfSchedules): Wanted {
  const withRecords = config.providers.filter(({ id, isSourceOnly }) => id in config.accounts && !isSourceOnly);
  return {
    providers: withRecords.map(({ id, pollSchedule }) => ({ id, isPolled: pollSchedule !== undefined })),
    schedules: config.schedules,
    watchesIncidents: true,
    reviewsMatches: config.matching.mode !== 'off',
    retention: { deliveries: config.webhooks.retentionDays, records: config.retentionDays },
    taskQueuePrefix: config.temporal.taskQueuePrefix,
  };
}

/** Creates or updates every Temporal Schedule. An operator's pause is kept. */
export async function ensureSchedules(client: Client, input: SchedulesInput): Promise<void> {
  for (const wanted of toSchedules(input)) await ensureSchedule(client, wanted, input.logger);
}

/** The ids of the schedules that `ensureSchedules` creates. */
export function listScheduleIds(input: Wanted): string[] {
  return toSchedules(input).map(({ scheduleId }) => scheduleId);
}

/** The schedules that do not exist. */
export async function findMissingSchedules(client: Client, ids: readonly string[]): Promise<string[]> {
  const exist = await Promise.all(ids.map((id) => scheduleExists(client, id)));
  return ids.filter((_, index) => !exist[index]);
}

async function scheduleExists(client: Client, id: string): Promise<boolean> {
  try {
    await client.schedule.getHandle(id).describe();
    return true;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return false;
    throw error;
  }
}

/** Starts the full pass of accounts that are new or connected again. A pass that runs already goes on alone. */
export async function startFirstPasses(
  client: Client,
  { providers, taskQueuePrefix, logger }: { providers: readonly string[]; taskQueuePrefix: string; logger: Logger },
): Promise<void> {
  for (const provider of providers) {
    await client.schedule.getHandle(reconcileScheduleId(taskQueuePrefix, provider)).trigger(ScheduleOverlapPolicy.SKIP);
    logger.info({ provider }, 'The account is read from the beginning. Nothing is written to a new one before accord go-live');
  }
}

/** Deletes the schedules of accounts that are not connected any more. */
export async function removeSchedules(
  client: Client,
  { providers, taskQueuePrefix }: { providers: readonly string[]; taskQueuePrefix: string },
): Promise<void> {
  for (const provider of providers) {
    for (const id of [reconcileScheduleId(taskQueuePrefix, provider), pollScheduleId(taskQueuePrefix, provider)]) {
      await client.schedule.getHandle(id).delete().catch(ignoreMissing);
    }
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof ScheduleNotFoundError)) throw error;
}

function toSchedules(input: Wanted): ScheduleOptions[] {
  return [
    ...input.providers.flatMap(({ id, isPolled }) => [
      reconcileSchedule(id, input),
      ...(isPolled ? [pollSchedule(id, input)] : []),
    ]),
    ...(input.reviewsMatches ? [reviewSchedule(input)] : []),
    ...(input.retention ? [pruneSchedule(input.retention, input)] : []),
    ...(input.watchesIncidents ? [watchSchedule(input)] : []),
  ];
}

function reconcileSchedule(provider: string, { schedules, taskQueuePrefix }: Wanted): ScheduleOptions {
  const input: ReconcileInput = { provider, trigger: 'schedule', taskQueuePrefix };
  return toSchedule(taskQueuePrefix, {
    ...{ scheduleId: reconcileScheduleId(taskQueuePrefix, provider), cron: schedules.reconcile, catchupWindow: '6 hours' },
    ...{ workflowType: 'reconcileProvider', workflowId: reconcileWorkflowId(taskQueuePrefix, provider), input },
    summary: reconcileSummary(provider),
  });
}

function pollSchedule(provider: string, { schedules, taskQueuePrefix }: Wanted): ScheduleOptions {
  const input: PollProviderInput = { provider, taskQueuePrefix };
  return toSchedule(taskQueuePrefix, {
    ...{ scheduleId: pollScheduleId(taskQueuePrefix, provider), cron: schedules.poll[provider] ?? everyFiveMinutes },
    // The next poll makes up for a missed one.
    catchupWindow: '1 minute',
    ...{ workflowType: 'pollProvider', workflowId: pollWorkflowId(taskQueuePrefix, provider), input },
    summary: pollSummary(provider),
  });
}

function reviewSchedule({ taskQueuePrefix }: Wanted): ScheduleOptions {
  const input: ReviewInput = {};
  return toSchedule(taskQueuePrefix, {
    ...{ scheduleId: reviewScheduleId(taskQueuePrefix), cron: afterPasses, catchupWindow: '6 hours' },
    ...{ workflowType: 'reviewMatches', workflowId: reviewWorkflowId(taskQueuePrefix), input },
    summary: 'Comparison of all contacts with each other',
  });
}

function pruneSchedule(
  { deliveries: retention, records }: NonNullable<SchedulesInput['retention']>,
  { taskQueuePrefix }: Wanted,
): ScheduleOptions {
  const input: PruneInput = { retention, records };
  const schedule = toSchedule(taskQueuePrefix, {
    ...{ scheduleId: pruneScheduleId(taskQueuePrefix), cron: everyNight, catchupWindow: '1 day' },
    ...{ workflowType: 'pruneWebhooks', workflowId: pruneWorkflowId(taskQueuePrefix), input },
    summary: 'Removal of rows that are past their retention',
  });
  // The first run creates the partitions of the attempt log.
  return { ...schedule, state: { triggerImmediately: true } };
}

function watchSchedule({ taskQueuePrefix }: Wanted): ScheduleOptions {
  return toSchedule(taskQueuePrefix, {
    ...{ scheduleId: watchScheduleId(taskQueuePrefix), cron: everyMinute, catchupWindow: '1 minute' },
    ...{ workflowType: 'watchIncidents', workflowId: watchWorkflowId(taskQueuePrefix), input: {} },
    summary: 'Search for problems that operators are told of',
  });
}

interface ScheduledWorkflow {
  scheduleId: string;
  /** In UTC. */
  cron: string;
  /** How late a missed run is still made. */
  catchupWindow: '1 minute' | '6 hours' | '1 day';
  workflowType: string;
  workflowId: string;
  input: object;
  summary: string;
}

/** One run at a time: a run that is due while another one lasts is skipped. */
function toSchedule(
  taskQueuePrefix: string,
  { scheduleId, cron, catchupWindow, workflowType, workflowId, input, summary }: ScheduledWorkflow,
): ScheduleOptions {
  const taskQueue = taskQueues(taskQueuePrefix).main;
  return {
    scheduleId,
    spec: { cronExpressions: [cron], timezone: 'UTC' },
    action: { type: 'startWorkflow', workflowType, workflowId, taskQueue, args: [input], staticSummary: summary },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow, pauseOnFailure: false },
  };
}

const everyNight = '30 3 * * *';
const afterPasses = '30 4 * * *';
const everyMinute = '* * * * *';
const everyFiveMinutes = '*/5 * * * *';

/** Replaces the whole spec on an update: Temporal describes a cron as calendars, and would keep the old times beside the new ones. */
async function ensureSchedule(client: Client, wanted: ScheduleOptions, logger: Logger): Promise<void> {
  try {
    await client.schedule.create(wanted);
    logger.info({ scheduleId: wanted.scheduleId }, 'Schedule created');
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule.getHandle(wanted.scheduleId).update(({ state }) => ({
      spec: wanted.spec,
      action: wanted.action,
      policies: wanted.policies ?? {},
      // Keeps an operator's pause.
      state,
    }));
  }
}
