import type { ConnectOptions, ProviderClient } from '#providers/provider.ts';
import { readChanges } from './changes.ts';
import { openConnection } from './connection.ts';
import { findMissingFields } from './missing-fields.ts';
import { createRecord } from './records/create.ts';
import { findRecords } from './records/find.ts';
import { listRecords, readRecord } from './records/read.ts';
import { removeRecord } from './records/remove.ts';
import { updateRecord } from './records/update.ts';
import type { CallToolsAccount, CallToolsSecrets } from './settings.ts';

/** Creates the client of one CallTools account. */
export function connect(options: ConnectOptions<CallToolsAccount, CallToolsSecrets>): ProviderClient {
  const { account, secrets } = options;
  const connection = openConnection(options);
  return {
    // The silo of the account: an API key does not identify its account.
    accountId: new URL(secrets.CALLTOOLS_BASE_URL).hostname,
    requestsPerSecond: account.rate.requestsPerSecond,
    read: (externalId, call) => readRecord(connection, externalId, call),
    list: (page, call) => listRecords(connection, page, call),
    changes: (position, call) => readChanges(connection, position, call),
    find: (lookup, call) => findRecords(connection, lookup, call),
    create: (patch, call) => createRecord(connection, patch, call),
    update: (externalId, patch, call) => updateRecord(connection, externalId, patch, call),
    remove: (externalId, call) => removeRecord(connection, externalId, call),
    findMissingFields: (call) => findMissingFields(connection, call),
    findMissingLists: (call) => connection.memberships.findMissingLists(call),
  };
}
