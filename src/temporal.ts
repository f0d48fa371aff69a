import { ActivityNotFoundError, Client, Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { ContactChanged } from './domain/sync/contact-changed.ts';
import { startListed } from './search-attributes.ts';
import { type DeliverInput, deliveriesDueSignal } from './workflows/delivery/messages.ts';
import type { SendConfirmationInput } from './workflows/forms/send-confirmation.ts';
import {
  confirmationWorkflowId,
  contactWorkflowId,
  deliverWorkflowId,
  erasureWorkflowId,
  importWorkflowId,
} from './workflows/ids.ts';
import {
  contactChangedSignal,
  type EraseContactInput,
  type ImportInput,
  retryNowSignal,
  type SyncContactInput,
} from './workflows/messages.ts';
import { taskQueues } from './workflows/task-queues.ts';

/** `TEMPORAL_*` variables of a workspace, instead of those of the environment. */
export type TemporalVariables = Readonly<Record<string, string>>;

/**
 * A client that connects on its first call: the api answers webhooks while Temporal is down. The `TEMPORAL_*` environment variables
 * configure the connection, as for every Temporal tool, Temporal Cloud included.
 */
export function createTemporalClient(variables: TemporalVariables = {}): Client {
  try {
    return createClient(variables);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The settings of Temporal cannot be used (${reason}): check the TEMPORAL_* variables and the files that they name.`,
    );
  }
}

/** The server, its credentials and the namespace. */
export function readTemporalConfig(variables: TemporalVariables = {}): ReturnType<typeof loadClientConnectConfig> {
  return loadClientConnectConfig({ overrideEnvVars: { ...withoutUndefined(process.env), ...variables } });
}

function withoutUndefined(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function createClient(variables: TemporalVariables): Client {
  const { connectionOptions, namespace } = readTemporalConfig(variables);
  const connection = Connection.lazy({
    ...connectionOptions,
    // gRPC's default grows to two minutes, which would delay changes long after Temporal has recovered.
    channelArgs: { 'grpc.max_reconnect_backoff_ms': 5_000 },
    // A workflow that is about to complete briefly refuses signals with RESOURCE_EXHAUSTED. By default the retry waits 1.7 s.
    interceptors: [makeGrpcRetryInterceptor(defaultGrpcRetryOptions({ initialIntervalMs: () => 30 }))],
  });
  return new Client({ connection, ...(namespace ? { namespace } : {}) });
}

/** Signals a change to the contact's workflow, and starts the workflow if none runs. Durable once this returns. */
export async function signalContactChanged(
  client: Client,
  { contactId, changed, externalIds = [], taskQueuePrefix, timing, deadlineMs = 5_000 }: SignalOptions,
): Promise<void> {
  const input: SyncContactInput = { contactId, taskQueuePrefix, ...(timing ? { timing } : {}) };
  await client.withDeadline(Date.now() + deadlineMs, () =>
    startListed(client, externalIds, (typedSearchAttributes) =>
      client.workflow.signalWithStart('syncContact', {
        workflowId: contactWorkflowId(contactId),
        taskQueue: taskQueues(taskQueuePrefix).main,
        args: [input],
        signal: contactChangedSignal,
        signalArgs: [changed],
        typedSearchAttributes,
        staticSummary: `Sync of contact ${contactId}`,
        staticDetails: contactDetails,
      }),
    ),
  );
}

/** Shown without a worker, unlike the current details. */
const contactDetails = [
  'Reads changes at a provider and brings the other providers in step.',
  'A provider that cannot be brought in step **parks** the contact: the workflow stays open, and *Current Details* show the error and how to retry.',
  '*Failures 0* counts failed workflow tasks. A parked contact has none.',
].join('\n\n');

export interface SignalOptions {
  contactId: string;
  changed: ContactChanged;
  /** The contact's records, as `listRecordIds` lists them, by which the Web UI finds a workflow that this starts. */
  externalIds?: readonly string[];
  taskQueuePrefix: string;
  timing?: SyncContactInput['timing'];
  deadlineMs?: number;
}

/** Signals the workflow of an endpoint that something is due, and starts it if none runs. Durable once this resolves. */
export async function signalDeliveriesDue(client: Client, input: DeliverInput, deadlineMs = 5_000): Promise<void> {
  const { endpointId, taskQueuePrefix } = input;
  await client.withDeadline(Date.now() + deadlineMs, () =>
    client.workflow.signalWithStart('deliverToEndpoint', {
      workflowId: deliverWorkflowId(endpointId),
      taskQueue: taskQueues(taskQueuePrefix).main,
      args: [input],
      signal: deliveriesDueSignal,
      signalArgs: [],
      // One drain serves many deliveries, so it goes before a burst of contacts.
      priority: { priorityKey: 1 },
      staticSummary: `Webhook endpoint ${endpointId}`,
      staticDetails: 'Sends the deliveries that are due to an endpoint, and retries failed ones.',
    }),
  );
}

/** Starts the workflow that sends a submission's confirmation link, unless it runs. Durable once this resolves. */
export async function startConfirmation(client: Client, input: SendConfirmationInput, deadlineMs = 5_000): Promise<void> {
  await client.withDeadline(Date.now() + deadlineMs, () =>
    client.workflow.start('sendConfirmation', {
      workflowId: confirmationWorkflowId(input.submissionId),
      workflowIdConflictPolicy: 'USE_EXISTING',
      taskQueue: taskQueues(input.taskQueuePrefix).main,
      args: [input],
      staticSummary: `Confirmation of submission ${input.submissionId}`,
      staticDetails: 'Emails the link by which a visitor confirms a form submission.',
    }),
  );
}

/** Starts the workflow that erases a person, or has one that runs ask the vendors again. Durable once this resolves. */
export async function startErasure(client: Client, input: EraseContactInput, deadlineMs = 5_000): Promise<void> {
  await client.withDeadline(Date.now() + deadlineMs, () =>
    client.workflow.signalWithStart('eraseContact', {
      workflowId: erasureWorkflowId(input.erasureId),
      taskQueue: taskQueues(input.taskQueuePrefix).main,
      args: [input],
      signal: retryNowSignal,
      signalArgs: [],
      staticSummary: `Erasure ${input.erasureId}`,
      staticDetails: 'Deletes the records of a person at every vendor, then what Accord has stored about the person.',
    }),
  );
}

/** Starts the workflow that carries out an import, unless it runs. Durable once this resolves. */
export async function startImport(client: Client, input: ImportInput, deadlineMs = 5_000): Promise<void> {
  await client.withDeadline(Date.now() + deadlineMs, () =>
    client.workflow.start('importContacts', {
      workflowId: importWorkflowId(input.importId),
      workflowIdConflictPolicy: 'USE_EXISTING',
      taskQueue: taskQueues(input.taskQueuePrefix).main,
      args: [input],
      staticSummary: `Import ${input.importId}`,
      staticDetails: 'Reads an imported file, and checks or imports its rows page by page.',
    }),
  );
}

/** Fails the attempt of an activity whose worker is gone, so that its retry starts now and not after the heartbeat timeout. */
export async function failAttempt(client: Client, taskToken: Uint8Array, deadlineMs = 5_000): Promise<void> {
  const failure = ApplicationFailure.create({
    message: 'drainEndpoint lost its worker: another worker takes over now, nothing has to be done',
    type: 'WorkerGone',
    nextRetryDelay: '1 ms',
  });
  try {
    await client.withDeadline(Date.now() + deadlineMs, () => client.activity.fail(taskToken, failure));
  } catch (error) {
    // The attempt has ended, or another one is running.
    if (!(error instanceof ActivityNotFoundError)) throw error;
  }
}
