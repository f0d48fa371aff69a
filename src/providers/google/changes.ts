import { hash } from 'node:crypto';
import { ExpiredCursorError, InvalidRequestError } from '#providers/errors.ts';
import type { CallOptions, ChangePage, ProviderRecord } from '#providers/provider.ts';
import type { AddressBook } from './client.ts';
import { toListedRecord } from './mapping.ts';
import { readMany } from './read.ts';
import { vendor } from './refusals.ts';
import { personFields, sources } from './schema.ts';
import type { GoogleAccount } from './settings.ts';

const operation = 'list changes';

/** A sync by token. Google docs: writes may take several minutes until it shows them. */
export async function changes(
  book: AddressBook,
  { since, cursor }: { since: string | null; cursor: string | null },
  call?: CallOptions,
): Promise<ChangePage> {
  const { account } = book;
  const page = await ask(book, { syncToken: readSince(since, account), pageToken: cursor ?? undefined }, call);
  const rows = page.connections ?? [];
  const living = rows.filter(({ metadata }) => metadata?.deleted !== true).map((row) => toListedRecord(row, account));
  const dead = rows.filter(({ metadata }) => metadata?.deleted === true).map(({ resourceName }) => resourceName);
  const { renamed, deleted } = await tellApart(book, { living, dead }, call);
  const { nextPageToken, nextSyncToken } = page;
  return {
    records: [...living, ...renamed],
    deleted,
    cursor: nextPageToken ?? null,
    since: nextPageToken ? null : writeSince(nextSyncToken, account),
  };
}

async function ask(
  { people, account }: AddressBook,
  tokens: { syncToken?: string | undefined; pageToken?: string | undefined },
  call?: CallOptions,
) {
  try {
    return await people.connections({ operation, pageSize: account.pageSize, requestSyncToken: true, ...tokens }, call);
  } catch (error) {
    // A token that is malformed, another account's or made with other parameters is refused as such: asking again cures nothing.
    const hasToken = tokens.syncToken !== undefined || tokens.pageToken !== undefined;
    throw error instanceof InvalidRequestError && hasToken ? expired('does not take our sync token') : error;
  }
}

/**
 * A person that was given another name is shown as deleted under the old one, maybe a page earlier. Read by the old name, it
 * comes under the new one (Google docs: PersonMetadata). One that comes under the name that is deleted is only a late read.
 */
async function tellApart(book: AddressBook, { living, dead }: { living: ProviderRecord[]; dead: string[] }, call?: CallOptions) {
  const known = new Set(living.flatMap(({ replaces = [] }) => replaces));
  const doubtful = dead.filter((name) => !known.has(name));
  const found = doubtful.length > 0 ? await readMany(book, doubtful, call) : [];
  const renamed = found.filter((record, index) => record !== null && record.externalId !== doubtful[index]);
  const deleted = doubtful.filter((name, index) => found[index] === null || found[index]?.externalId === name);
  return { renamed: renamed as ProviderRecord[], deleted };
}

/** Google docs: all parameters must be those of the request that the token came from, hence what they were stands with it. */
function writeSince(token: string | null | undefined, account: GoogleAccount): string | null {
  return token ? `${parametersOf(account)} ${token}` : null;
}

function readSince(since: string | null, account: GoogleAccount): string | undefined {
  if (since === null) return undefined;
  const [parameters, token] = since.split(' ', 2);
  if (parameters !== parametersOf(account) || token === undefined) throw expired('knows our sync token with other settings');
  return token;
}

function parametersOf({ pageSize }: GoogleAccount): string {
  return hash('sha256', JSON.stringify([personFields, sources, pageSize]), 'hex').slice(0, 12);
}

function expired(what: string): ExpiredCursorError {
  return new ExpiredCursorError({ provider: vendor.id, operation, message: `${vendor.name} ${what} (${operation}).` });
}
