import { z } from 'zod';
import { defineOperation } from '#api/rest/operation.ts';
import { cacheFor } from '#concurrency/cache-for.ts';
import { readDeliveryStats } from '#db/delivery/delivery-stats.ts';
import { listAccounts } from '#db/sync/account-modes.ts';
import { readActivity } from '#db/sync/activity.ts';
import { countOpenQuestions } from '#db/sync/failures.ts';
import { readSyncStats } from '#db/sync/sync-stats.ts';
import { accountModes } from '#domain/account-mode.ts';
import { needsYouOperations, openQuestions } from './needs-you.ts';

const minutes = 60;

const overview = z
  .object({
    contacts: z.object({
      total: z.int(),
      synced: z.int(),
      pending: z.int(),
      failed: z.int(),
      held: z.int(),
      waiting: z.int(),
      outside: z.int().meta({ description: 'Customers, and contacts in no audience.' }),
    }),
    needsYou: openQuestions,
    deliveries: z.object({
      pending: z.int(),
      dead: z.int(),
      oldestDueSeconds: z.number(),
      breakersOpen: z.int(),
      disabled: z.int().meta({ description: 'Endpoints that failures have disabled.' }),
    }),
    accounts: z.array(z.object({ provider: z.string(), mode: z.enum(accountModes) })),
    activity: z
      .array(z.object({ minute: z.iso.datetime(), received: z.int(), written: z.int(), sent: z.int() }))
      .meta({ description: `The last ${minutes} minutes: webhooks received, records written, events sent to subscribers.` }),
  })
  .meta({ id: 'Overview' });

/** They count all contacts, and pages that are open ask for them after each change. */
const readCachedStats = cacheFor(1_000, readSyncStats, { maxShare: 0.1 });

export const overviewOperations = [
  defineOperation({
    method: 'get',
    path: '/api/v1/overview',
    tag: 'Overview',
    summary: 'Whether everything is all right',
    scope: 'sync:read',
    response: { status: 200, description: 'Counts of everything that may need attention', data: overview },
    async handle(_input, { db }) {
      const [stats, needsYou, deliveries, accounts, activity] = await Promise.all([
        readCachedStats(db),
        countOpenQuestions(db),
        readDeliveryStats(db),
        listAccounts(db),
        readActivity(db, { minutes, now: new Date() }),
      ]);
      const { total_contacts: total, synced, pending, failed, held, waiting } = stats;
      return {
        contacts: { total, synced, pending, failed, held, waiting, outside: stats.excluded_customers + stats.not_eligible },
        needsYou,
        deliveries,
        accounts: accounts.map(({ provider, mode }) => ({ provider, mode })),
        activity: activity.map(({ minute, ...counts }) => ({ minute: minute.toISOString(), ...counts })),
      };
    },
  }),
  ...needsYouOperations,
];
