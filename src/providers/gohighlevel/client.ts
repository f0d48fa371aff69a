import type { ConnectOptions, ProviderClient } from '#providers/provider.ts';
import { openConnection } from './connection.ts';
import { findMissingFields } from './missing-fields.ts';
import { createRecord } from './records/create.ts';
import { findRecords } from './records/find.ts';
import { addNote, findNote } from './records/notes.ts';
import { listRecords, readRecord } from './records/read.ts';
import { removeRecord } from './records/remove.ts';
import { updateRecord } from './records/update.ts';
import type { GoHighLevelAccount, GoHighLevelSecrets } from './settings.ts';

/** Creates the client of one GoHighLevel location. */
export function connect(options: ConnectOptions<GoHighLevelAccount, GoHighLevelSecrets>): ProviderClient {
  const { account } = options;
  const connection = openConnection(options);
  return {
    accountId: connection.locationId,
    requestsPerSecond: account.rate.requestsPerSecond,
    read: (externalId, call) => readRecord(connection, externalId, call),
    list: (page, call) => listRecords(connection, page, call),
    find: (lookup, call) => findRecords(connection, lookup, call),
    create: (patch, call) => createRecord(connection, patch, call),
    update: (externalId, patch, call) => updateRecord(connection, externalId, patch, call),
    remove: (externalId, call) => removeRecord(connection, externalId, call),
    findMissingFields: (call) => findMissingFields(connection, call),
    addNote: (externalId, body, call) => addNote(connection, { externalId, body }, call),
    findNote: (externalId, text, call) => findNote(connection, { externalId, text }, call),
  };
}
