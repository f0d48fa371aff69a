import { setTimeout as delay } from 'node:timers/promises';
import { type Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';

/** gRPC status codes. */
const grpc = { notFound: 5, alreadyExists: 6, permissionDenied: 7, unimplemented: 12 };

/** How long closed workflows are kept, as `deploy/temporal-namespace.sh` sets it. */
const retention = '7 days';

export type NamespaceResult = 'existed' | 'created' | 'refused';

/**
 * Creates the namespace of a client unless it exists, and waits until it can be used: servers read their list of namespaces anew every ten
 * seconds. Temporal Cloud refuses it, because there `tcld` or the console create namespaces.
 */
export async function ensureNamespace(client: Client, { deadlineMs = 5_000, usableMs = 30_000 } = {}): Promise<NamespaceResult> {
  const { namespace } = client.options;
  const within = <T>(call: () => Promise<T>) => client.withDeadline(Date.now() + deadlineMs, call);
  if (await exists(client, deadlineMs)) return 'existed';
  try {
    await within(() =>
      client.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs(retention) }),
    );
  } catch (error) {
    if (hasCode(error, grpc.permissionDenied, grpc.unimplemented)) return 'refused';
    if (!hasCode(error, grpc.alreadyExists)) throw error;
  }
  for (const until = Date.now() + usableMs; !(await isUsable(client, deadlineMs)) && Date.now() < until; ) await delay(200);
  return 'created';
}

/** Removes the namespace with its workflows; false where the server refuses it, as Temporal Cloud does. */
export async function removeNamespace(client: Client): Promise<boolean> {
  if (!(client.connection instanceof Connection)) throw new Error('A namespace is removed by a client with a gRPC connection');
  const { namespace } = client.options;
  try {
    await client.connection.operatorService.deleteNamespace({ namespace });
    return true;
  } catch (error) {
    if (hasCode(error, grpc.notFound)) return true;
    if (hasCode(error, grpc.permissionDenied, grpc.unimplemented)) return false;
    throw error;
  }
}

async function exists(client: Client, deadlineMs: number): Promise<boolean> {
  const { namespace } = client.options;
  try {
    await client.withDeadline(Date.now() + deadlineMs, () => client.workflowService.describeNamespace({ namespace }));
    return true;
  } catch (error) {
    if (hasCode(error, grpc.notFound)) return false;
    throw error;
  }
}

/** The frontend knows a new namespace at once; what lists and starts workflows learns of it later. */
async function isUsable(client: Client, deadlineMs: number): Promise<boolean> {
  try {
    await client.withDeadline(Date.now() + deadlineMs, () => client.workflow.count());
    return true;
  } catch {
    return false;
  }
}

function hasCode(error: unknown, ...codes: number[]): boolean {
  const { code, cause } = Object(error);
  return codes.includes(Number(code)) || codes.includes(Number(Object(cause).code));
}
