import { hash } from 'node:crypto';
import { ExpiredCursorError, InvalidRequestError, UnreadableRecordError } from '#providers/errors.ts';
import type { CallOptions, ChangePage, ProviderRecord } from '#providers/provider.ts';
import type { Connection } from './connection.ts';
import { toListedRecord } from './mapping.ts';
import { readMany } from './records/read.ts';
import { parsePeople } from './records/read-people.ts';
import { personFieldsOf, sources } from './schema.ts';
import { type GoogleAccount, vendor } from './settings.ts';

const operation = 'list changes';

/** Returns one page of changes since a sync token. Google docs: a sync may show writes after several minutes only. */
export async function readChanges(
  connection: Connection,
  { since, cursor }: { since: string | null; cursor: string | null },
  call?: CallOptions,
): Promise<ChangePage> {
  const { account } = connection;
  const tokens = { syncToken: parseSince(since, account), pageToken: cursor ?? undefined };
  const { connections, nextPageToken, nextSyncToken } = await listConnections(connection, tokens, call);
  const { people: rows, odd } = parsePeople(connections ?? [], operation);
  const present = rows.filter(({ metadata }) => metadata?.deleted !== true).map((row) => toListedRecord(row, account));
  const removedNames = rows.filter(({ metadata }) => metadata?.deleted === true).map(({ resourceName }) => resourceName);
  const { renamed, deleted, unreadable } = await separateRenamed(connection, { present, removedNames }, call);
  return {
    records: [...present, ...renamed],
    unreadable: [...odd.map(({ error }) => error), ...unreadable],
    deleted,
    cursor: nextPageToken ?? null,
    since: nextPageToken ? null : formatSince(nextSyncToken, account),
  };
}

async function listConnections(
  { people, account }: Connection,
  tokens: { syncToken: string | undefined; pageToken: string | undefined },
  call?: CallOptions,
) {
  try {
    return await people.connections({ operation, pageSize: account.pageSize, requestSyncToken: true, ...tokens }, call);
  } catch (error) {
    // Google refuses a token that is malformed, from another account or made with other parameters. A retry would not help.
    const hasToken = tokens.syncToken !== undefined || tokens.pageToken !== undefined;
    throw error instanceof InvalidRequestError && hasToken ? toExpired('rejects our sync token') : error;
  }
}

/**
 * A person with a new resource name appears as deleted under the old name, possibly on an earlier page. A read of the old name returns
 * the person under the new one (Google docs: PersonMetadata). A read that returns the old name itself is late: the person is deleted.
 */
async function separateRenamed(
  connection: Connection,
  { present, removedNames }: { present: ProviderRecord[]; removedNames: string[] },
  call?: CallOptions,
): Promise<{ renamed: ProviderRecord[]; deleted: string[]; unreadable: UnreadableRecordError[] }> {
  const replaced = new Set(present.flatMap(({ replaces = [] }) => replaces));
  const doubtful = removedNames.filter((name) => !replaced.has(name));
  const found = doubtful.length > 0 ? await readMany(connection, doubtful, call) : [];
  const renamed: ProviderRecord[] = [];
  const deleted: string[] = [];
  const unreadable: UnreadableRecordError[] = [];
  for (const [index, name] of doubtful.entries()) {
    const record = found[index] ?? null;
    if (record instanceof UnreadableRecordError) unreadable.push(record);
    else if (record === null || record.externalId === name) deleted.push(name);
    else renamed.push(record);
  }
  return { renamed, deleted, unreadable };
}

/** Prefixes the sync token with a hash of the request's parameters: Google requires the same ones with the token (Google docs). */
function formatSince(token: string | null | undefined, account: GoogleAccount): string | null {
  return token ? `${hashParameters(account)} ${token}` : null;
}

function parseSince(since: string | null, account: GoogleAccount): string | undefined {
  if (since === null) return undefined;
  const [parameters, token] = since.split(' ', 2);
  if (parameters !== hashParameters(account) || token === undefined) throw toExpired('issued our sync token for other settings');
  return token;
}

function hashParameters(account: GoogleAccount): string {
  return hash('sha256', JSON.stringify([personFieldsOf(account), sources, account.pageSize]), 'hex').slice(0, 12);
}

function toExpired(sentence: string): ExpiredCursorError {
  return new ExpiredCursorError({ provider: vendor.id, operation, message: `${vendor.name} ${sentence} (${operation}).` });
}
