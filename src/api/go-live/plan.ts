import { z } from 'zod';
import { remoteWrite, showWrite } from '#api/contacts/decisions.ts';
import { Download } from '#api/rest/download.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { toCsvLines } from '#contact-files/csv/csv-lines.ts';
import type { ContactDeps } from '#contacts/contact-deps.ts';
import { type PlanEntry, planAccounts, planActions, planEntries } from '#contacts/plan/account-plan.ts';
import { listAccounts, listUnreadAccounts } from '#db/sync/account-modes.ts';
import { accountModes } from '#domain/account-mode.ts';

const action = z.enum(planActions).meta({
  description:
    '`create` and `update` are writes. `ask`: a person must say first whether the contact is a double. `failed`: the vendor refused the ' +
    'last write. `deleted`: somebody deleted the record there. `not-wanted`: no rule of accord.yaml wants a record.',
});

const accountPlan = z
  .object({
    provider: z.string(),
    mode: z.enum(accountModes).nullable().meta({ description: 'Null before a worker has connected the account.' }),
    isRead: z.boolean().meta({ description: 'Whether all of its records were read since it was connected.' }),
    counts: z.record(z.enum(planActions), z.int()).meta({ description: 'Contacts by planned action.' }),
    recognised: z.int().meta({ description: 'Contacts with a record here that also have another one, here or elsewhere.' }),
    addedTags: z
      .record(z.string(), z.int())
      .meta({ description: 'Contacts that would get each tag; the 20 most frequent tags.' }),
    automations: z.string().nullable().meta({ description: 'Automations that the vendor runs for new or changed records.' }),
    samples: z
      .array(z.object({ name: z.string().nullable(), ...remoteWrite.shape }))
      .meta({ description: 'The first of each kind of write.' }),
  })
  .meta({ id: 'AccountPlan' });

export const planOperations = [
  defineOperation({
    method: 'get',
    path: '/api/v1/plan',
    tag: 'Go live',
    summary: 'Show the planned writes of each account',
    description: 'Plans every contact as if all accounts were live, and writes nothing.',
    scope: 'sync:read',
    response: { status: 200, description: 'The plan of each account', data: z.object({ accounts: z.array(accountPlan) }) },
    async handle(_input, { db, contacts }) {
      const [accounts, unread] = await Promise.all([listAccounts(db), listUnreadAccounts(db)]);
      const plans = await planAccounts(contacts, new Map(accounts.map(({ provider, mode }) => [provider, mode])));
      return {
        accounts: plans.map(({ samples, ...plan }) => ({
          ...plan,
          automations: contacts.providers.get(plan.provider)?.provider.automations ?? null,
          isRead: plan.mode !== null && !unread.includes(plan.provider),
          samples: samples.map(({ name, action: operation, ...write }) => ({
            name,
            ...showWrite({ ...write, operation: operation === 'create' ? 'create' : 'update' }),
          })),
        })),
      };
    },
  }),
  defineOperation({
    method: 'get',
    path: '/api/v1/plan/entries',
    tag: 'Go live',
    summary: 'The whole plan as a CSV file',
    description: 'One line per contact and account. Text that a spreadsheet would evaluate begins with an apostrophe.',
    scope: 'sync:read',
    query: z.strictObject({ provider: z.string().max(100).optional(), action: action.optional() }),
    response: { status: 200, description: 'The file', data: z.string(), isBare: true, downloads: ['text/csv'] },
    async handle({ query }, { contacts }) {
      const filename = `plan-${new Date().toISOString().slice(0, 10)}.csv`;
      return new Download({ type: 'text/csv; charset=utf-8', filename, chunks: toCsv(contacts, query) });
    },
  }),
];

async function* toCsv(
  contacts: ContactDeps,
  { provider, action: wanted }: { provider?: string | undefined; action?: string | undefined },
): AsyncGenerator<string> {
  yield toCsvLines([['contact_id', 'name', 'provider', 'action', 'external_id', 'writes']]);
  for await (const page of planEntries(contacts)) {
    const shown = page.filter(
      (entry) => (provider ?? entry.provider) === entry.provider && (wanted ?? entry.action) === entry.action,
    );
    yield toCsvLines(shown.map(toRow));
  }
}

function toRow({ contactId, name, provider, action: planned, externalId, patch }: PlanEntry) {
  const { set, ...items } = patch;
  const lists = Object.entries(items).filter(([, values]) => values.length > 0);
  const writes = { ...set, ...Object.fromEntries(lists) };
  const text = Object.keys(writes).length > 0 ? JSON.stringify(writes) : '';
  return [contactId, name, provider, planned, externalId, text];
}
