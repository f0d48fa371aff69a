import type { Logger } from 'pino';
import { repeat } from './concurrency/repeat.ts';
import { connectionChannel, readCredentials, type StoredCredentials } from './db/connections/connections.ts';
import type { Database } from './db/database.ts';
import { listen } from './db/listen.ts';
import type { SealingKey } from './db/seal.ts';

/** The variables of each account that people have connected, by account id. */
export type StoredVariables = ReadonlyMap<string, Record<string, string>>;

export interface StoredConnections {
  variables: StoredVariables;
  /** Equal as long as no credentials change. */
  version: string;
  /** How often the credentials of each account were saved, by account id. */
  revisions: ReadonlyMap<string, number>;
}

/** Reads the stored connections. An account whose credentials the key does not open is logged, and not connected. */
export async function readStoredConnections(
  db: Database,
  encryptionKey: SealingKey | null,
  log: Pick<Logger, 'warn'>,
): Promise<StoredConnections> {
  const stored = await read(db, encryptionKey);
  report(stored, log);
  return stored;
}

export interface WatchOptions {
  db: Database;
  /** For a connection that listens. */
  url: string;
  encryptionKey: SealingKey | null;
  log: Pick<Logger, 'warn'>;
  /** The connections that the process runs with; null when it has read none yet. */
  known: StoredConnections | null;
  /**
   * Called with the connections that differ from the last ones, and the accounts with new credentials, one call at a time. When it
   * rejects, it is called again.
   */
  onChange(connections: StoredConnections, renewed: string[]): Promise<void>;
  /** How often they are read without a notification, which a connection pooler may swallow. */
  everyMs?: number;
}

/** Learns of accounts that are connected, changed or disconnected by any process, until `close`. */
export function watchConnections({ db, url, encryptionKey, log, known: atStart, onChange, everyMs = 15_000 }: WatchOptions) {
  let known = atStart;
  let checking = Promise.resolve();

  async function check(): Promise<void> {
    const stored = await read(db, encryptionKey);
    if (stored.version === known?.version) return;
    report(stored, log);
    await onChange(stored, listRenewed(known, stored));
    known = stored;
  }

  function checkNext(): Promise<void> {
    checking = checking
      .then(check)
      .catch((error) => log.warn({ err: error }, 'cannot take over which accounts are connected; trying again'));
    return checking;
  }

  const stopRepeating = repeat(everyMs, checkNext);
  const notifications = listen({
    ...{ url, channel: connectionChannel },
    onMessage: () => void checkNext(),
    onError: (error) => log.warn({ err: error }, 'not listening for connected accounts; asking until the connection is back'),
  });
  return {
    async close(): Promise<void> {
      await Promise.all([notifications.close(), stopRepeating()]);
      await checking;
    },
  };
}

interface Read extends StoredConnections {
  unopened: string[];
}

async function read(db: Database, encryptionKey: SealingKey | null): Promise<Read> {
  const { opened, unopened } = await readCredentials(db, encryptionKey);
  const version = [toVersion(opened), ...unopened].join(' ');
  const revisions = new Map([...opened].map(([account, { revision }]) => [account, revision]));
  return { variables: toVariables(opened), version, revisions, unopened };
}

function listRenewed(before: StoredConnections | null, { revisions }: StoredConnections): string[] {
  return [...revisions].flatMap(([account, revision]) => (before?.revisions.get(account) === revision ? [] : [account]));
}

function report({ unopened }: Read, log: Pick<Logger, 'warn'>): void {
  for (const account of unopened) log.warn({ account }, 'ACCORD_ENCRYPTION_KEY does not open the credentials of this account');
}

function toVariables(opened: ReadonlyMap<string, StoredCredentials>): StoredVariables {
  return new Map([...opened].map(([account, { variables }]) => [account, variables]));
}

function toVersion(opened: ReadonlyMap<string, StoredCredentials>): string {
  return [...opened].map(([account, { revision }]) => `${account}:${revision}`).join(' ');
}
