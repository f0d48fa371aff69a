import type { ConnectOptions, ProviderClient } from '#providers/provider.ts';
import { findMissingFields } from './attributes/attribute-definitions.ts';
import { openConnection } from './connection.ts';
import { createMany, createRecord } from './records/create.ts';
import { findRecords } from './records/find.ts';
import { listRecords, readMany, readRecord } from './records/read.ts';
import { removeRecord } from './records/remove.ts';
import { updateRecord } from './records/update.ts';
import type { SquareAccount, SquareSecrets } from './settings.ts';

/** Creates the client of one Square seller. */
export function connect(options: ConnectOptions<SquareAccount, SquareSecrets>): ProviderClient {
  const { account, secrets } = options;
  const connection = openConnection(options);
  return {
    accountId: secrets.SQUARE_MERCHANT_ID,
    requestsPerSecond: account.rate.requestsPerSecond,
    read: (externalId, call) => readRecord(connection, externalId, call),
    list: (page, call) => listRecords(connection, page, call),
    readMany: (externalIds, call) => readMany(connection, externalIds, call),
    find: (lookup, call) => findRecords(connection, lookup, call),
    create: (patch, call) => createRecord(connection, patch, call),
    createMany: (creates, call) => createMany(connection, creates, call),
    update: (externalId, patch, call) => updateRecord(connection, externalId, patch, call),
    ...(account.customFields && { findMissingFields: (call) => findMissingFields(connection.send, account, call) }),
    remove: (externalId, call) => removeRecord(connection, externalId, call),
  };
}
