import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { ApiDeps } from '#api/deps.ts';
import { ApiProblem } from '#api/rest/errors.ts';
import { webUiLink } from '#api/web-ui.ts';
import { pollWorkflowId, reconcileWorkflowId } from '#workflows/ids.ts';
import type { PollProviderInput, ReconcileInput } from '#workflows/messages.ts';
import { pollSummary, reconcileSummary } from '#workflows/summaries.ts';
import { taskQueues } from '#workflows/task-queues.ts';

export interface StartedRun {
  provider: string;
  workflowId: string;
  runId: string;
  /** False for one that was running already. */
  isNew: boolean;
  webUi: string | null;
}

/** Starts a reconcile pass over `provider`, or over every connected provider. Returns a pass that is already running. */
export function startReconciles(
  deps: ApiDeps,
  provider: string | undefined,
  options: { acceptsLoss: boolean },
): Promise<StartedRun[]> {
  return Promise.all(chooseProviders(deps, provider).map((each) => startReconcile(deps, each, options)));
}

/** Throws a 400 when the account is not connected. */
export function assertConnected(deps: ApiDeps, provider: string): void {
  chooseProviders(deps, provider);
}

/** Starts a poll of `provider`, or of every connected provider without webhooks. Returns a poll that is already running. */
export function startPolls(deps: ApiDeps, provider: string | undefined): Promise<StartedRun[]> {
  const polled = { providers: deps.providers.filter(({ isPolled }) => isPolled) };
  return Promise.all(chooseProviders(polled, provider).map((each) => startPoll(deps, each)));
}

function chooseProviders({ providers }: Pick<ApiDeps, 'providers'>, requested: string | undefined): string[] {
  const connected = providers.filter(({ settings, isSourceOnly }) => settings !== null && !isSourceOnly).map(({ id }) => id);
  if (connected.length === 0) {
    const detail = 'No provider is connected: see accounts in accord.yaml.';
    throw new ApiProblem({ status: 409, code: 'nothing-connected', detail });
  }
  if (requested === undefined) return connected;
  if (connected.includes(requested)) return [requested];
  const detail = `The provider ${requested} is not connected. Connected: ${connected.join(', ')}.`;
  throw new ApiProblem({ status: 400, code: 'invalid-input', detail, errors: [{ pointer: '/body/provider', detail }] });
}

function startReconcile(deps: ApiDeps, provider: string, { acceptsLoss }: { acceptsLoss: boolean }): Promise<StartedRun> {
  const { taskQueuePrefix } = deps;
  const input: ReconcileInput = { provider, trigger: 'api', taskQueuePrefix, ...(acceptsLoss && { acceptsLoss }) };
  const workflowId = reconcileWorkflowId(taskQueuePrefix, provider);
  return start(deps, { provider, type: 'reconcileProvider', workflowId, input, summary: reconcileSummary(provider) });
}

function startPoll(deps: ApiDeps, provider: string): Promise<StartedRun> {
  const { taskQueuePrefix } = deps;
  const input: PollProviderInput = { provider, taskQueuePrefix };
  const workflowId = pollWorkflowId(taskQueuePrefix, provider);
  return start(deps, { provider, type: 'pollProvider', workflowId, input, summary: pollSummary(provider) });
}

interface Run {
  provider: string;
  type: string;
  workflowId: string;
  input: ReconcileInput | PollProviderInput;
  summary: string;
}

async function start(deps: ApiDeps, { provider, type, workflowId, input, summary }: Run): Promise<StartedRun> {
  const { temporal, taskQueuePrefix } = deps;
  return temporal.withDeadline(Date.now() + 5_000, async () => {
    const { runId, isNew } = await startOrFind(temporal, {
      ...{ type, workflowId, input, summary },
      taskQueue: taskQueues(taskQueuePrefix).main,
    });
    return { provider, workflowId, runId, isNew, webUi: webUiLink(deps, workflowId, runId) };
  });
}

async function startOrFind(
  temporal: Client,
  { type, workflowId, taskQueue, input, summary }: Omit<Run, 'provider'> & { taskQueue: string },
): Promise<{ runId: string; isNew: boolean }> {
  try {
    const options = { workflowId, taskQueue, args: [input], staticSummary: summary };
    return { runId: (await temporal.workflow.start(type, options)).firstExecutionRunId, isNew: true };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return { runId: (await temporal.workflow.getHandle(workflowId).describe()).runId, isNew: false };
  }
}
