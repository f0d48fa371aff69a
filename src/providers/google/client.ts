import type { ConnectOptions, ProviderClient } from '#providers/provider.ts';
import { readChanges } from './changes.ts';
import { openConnection } from './connection.ts';
import { createMany, createRecord } from './records/create.ts';
import { findRecords } from './records/find.ts';
import { listRecords, readMany, readRecord } from './records/read.ts';
import { removeRecord } from './records/remove.ts';
import { updateRecord } from './records/update.ts';
import type { GoogleAccount, GoogleSecrets } from './settings.ts';

/** Creates the client of one Google account. */
export function connect(options: ConnectOptions<GoogleAccount, GoogleSecrets>): ProviderClient {
  const { account, secrets } = options;
  const connection = openConnection(options);
  return {
    accountId: secrets.GOOGLE_ACCOUNT,
    requestsPerSecond: account.rate.requestsPerSecond,
    read: (externalId, call) => readRecord(connection, externalId, call),
    list: (page, call) => listRecords(connection, page, call),
    readMany: (externalIds, call) => readMany(connection, externalIds, call),
    changes: (position, call) => readChanges(connection, position, call),
    find: (lookup, call) => findRecords(connection, lookup, call),
    create: (patch, call) => createRecord(connection, patch, call),
    createMany: (creates, call) => createMany(connection, creates, call),
    update: (externalId, patch, call) => updateRecord(connection, externalId, patch, call),
    remove: (externalId, call) => removeRecord(connection, externalId, call),
  };
}
