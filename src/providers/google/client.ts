import type { ConnectOptions, ProviderClient } from '#providers/provider.ts';
import { connectAsk } from './ask.ts';
import { changes } from './changes.ts';
import { create, createMany } from './create.ts';
import { findRecords } from './find.ts';
import { createPeople, type People } from './people.ts';
import { list, read, readMany } from './read.ts';
import { RecentPeople } from './recent-people.ts';
import type { GoogleAccount, GoogleSecrets } from './settings.ts';
import { update } from './update.ts';

export function connect(options: ConnectOptions<GoogleAccount, GoogleSecrets>): ProviderClient {
  const { account, secrets, sharedBy } = options;
  const book: AddressBook = { people: createPeople(connectAsk(options)), account, recent: new RecentPeople() };
  return {
    accountId: secrets.GOOGLE_ACCOUNT,
    requestsPerSecond: account.rate.requestsPerSecond / sharedBy,
    read: (externalId, call) => read(book, externalId, call),
    list: (page, call) => list(book, page, call),
    readMany: (externalIds, call) => readMany(book, externalIds, call),
    changes: (position, call) => changes(book, position, call),
    find: (lookup, call) => findRecords(book, lookup, call),
    create: (patch, call) => create(book, patch, call),
    createMany: (creates, call) => createMany(book, creates, call),
    update: (externalId, patch, call) => update(book, externalId, patch, call),
  };
}

/** One account's contacts, and the way to them. */
export interface AddressBook {
  people: People;
  account: GoogleAccount;
  recent: RecentPeople;
}
