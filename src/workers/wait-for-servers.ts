import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Database } from '#db/database.ts';
import { findSchemaProblem } from '#db/pending-migrations.ts';
import { readTemporalConfig, type TemporalVariables } from '#temporal.ts';
import { addressOf, explainConnectionError, findNamespaceProblem } from '#temporal-problems.ts';

interface Servers {
  db: Database;
  client: Client;
  logger: Logger;
  /** Of the workspace. */
  variables?: TemporalVariables | undefined;
  signal: AbortSignal;
}

const longestDelaySeconds = 30;

/** Connects the workers of this process once Temporal, its namespace and the tables are there. Rejects when `signal` is aborted. */
export async function waitForServers({ db, client, logger, variables, signal }: Servers): Promise<NativeConnection> {
  for (let delaySeconds = 1; ; delaySeconds = Math.min(2 * delaySeconds, longestDelaySeconds)) {
    const { connection, problem } = await tryConnect({ client, db, variables });
    if (connection) return connection;
    logger.warn({ problem, delaySeconds }, 'The worker cannot start yet, and tries again');
    await delay(delaySeconds * 1_000, undefined, { signal });
  }
}

async function tryConnect({
  client,
  db,
  variables,
}: Pick<Servers, 'client' | 'db' | 'variables'>): Promise<
  { connection: NativeConnection; problem: null } | { connection: null; problem: string }
> {
  const { connectionOptions } = readTemporalConfig(variables);
  let connection: NativeConnection;
  try {
    connection = await NativeConnection.connect(connectionOptions);
  } catch (error) {
    return { connection: null, problem: explainConnectionError(error, addressOf(client)) };
  }
  const problem = (await findNamespaceProblem(client, 10_000)) ?? (await findSchemaProblem(db));
  if (problem === null) return { connection, problem };
  await connection.close();
  return { connection: null, problem };
}
