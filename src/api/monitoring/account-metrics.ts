import { Gauge, type Registry } from 'prom-client';
import { cacheFor } from '#concurrency/cache-for.ts';
import type { Database } from '#db/database.ts';
import { type AccountHealth, readAccountHealth } from '#db/sync/account-health.ts';
import { listFailureGroups } from '#db/sync/failures.ts';

/** Groups beyond these have few contacts each, and their labels would cost more than they tell. */
const maxGroups = 100;
const readCachedGroups = cacheFor(5_000, (db: Database) => listFailureGroups(db, maxGroups));
const readCachedHealth = cacheFor(5_000, readAccountHealth);

const times: readonly { name: string; help: string; read(account: AccountHealth): Date | null }[] = [
  {
    name: 'accord_account_failing_since_seconds',
    help: 'Unix time since which all calls of an account fail; absent while they work',
    read: ({ failingSince }) => failingSince,
  },
  {
    name: 'accord_account_credentials_refused_since_seconds',
    help: 'Unix time since which an account refuses our credentials, or its OAuth token could not be renewed; absent while they work',
    read: ({ refusedSince }) => refusedSince,
  },
  {
    name: 'accord_changes_waiting_since_seconds',
    help: 'Unix time at which the oldest change arrived that was not read yet, by account; absent when all were',
    read: ({ waitingSince }) => waitingSince,
  },
  {
    name: 'accord_last_poll_timestamp_seconds',
    help: 'Unix time of the last successful poll of an account that is polled',
    read: ({ lastPoll }) => lastPoll,
  },
  {
    name: 'accord_last_pass_timestamp_seconds',
    help: 'Unix time at which the last complete full pass over an account ended',
    read: ({ lastPass }) => lastPass,
  },
];

/** Metrics of accounts and parked contacts. They are read from the database, so every api reports the same values. */
export function addAccountMetrics(db: Database, registers: Registry[]): void {
  new Gauge({
    name: 'accord_contacts_parked',
    help: 'Contacts whose last call at an account failed, by error class',
    labelNames: ['account', 'error'],
    registers,
    collect: async function () {
      const groups = await readCachedGroups(db).catch(() => []);
      this.reset();
      for (const { provider, type, contacts } of groups) this.set({ account: provider, error: type }, contacts);
    },
  });
  new Gauge({
    name: 'accord_contacts_parked_since_seconds',
    help: 'Unix time of the oldest of these failures',
    labelNames: ['account', 'error'],
    registers,
    collect: async function () {
      const groups = await readCachedGroups(db).catch(() => []);
      this.reset();
      for (const { provider, type, since } of groups) this.set({ account: provider, error: type }, toSeconds(since));
    },
  });
  for (const { name, help, read } of times) {
    new Gauge({
      ...{ name, help, labelNames: ['account'], registers },
      collect: async function () {
        const accounts = await readCachedHealth(db).catch(() => []);
        this.reset();
        for (const account of accounts) {
          const time = read(account);
          if (time) this.set({ account: account.provider }, toSeconds(time));
        }
      },
    });
  }
}

const toSeconds = (time: Date): number => time.getTime() / 1_000;
