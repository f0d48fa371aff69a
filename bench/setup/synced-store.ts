import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import { loadConfig } from '#config.ts';
import { type Database, openDatabase } from '#db/database.ts';
import type { SandboxAccounts } from '#dev/stack/sandboxes.ts';
import { stackEnvironment } from '#dev/stack/stack-environment.ts';
import { emptyFields } from '#domain/contact.ts';
import { UnavailableError } from '#providers/errors.ts';
import type { ProviderClient, ProviderRecord, RecordPage } from '#providers/provider.ts';
import type { PersonEdit } from '#sandbox/core/people.ts';
import { sandboxes } from '#sandbox/index.ts';
import { connectProviders } from '#workers/connect-providers.ts';
import type { Bench } from './bench.ts';
import { person, seedPeople } from './people.ts';

/** A contact store and its providers in sync, filled in bulk instead of by syncs. */
export interface SyncedStore {
  accounts: SandboxAccounts;
  /** Adds people up to this total. */
  fill(count: number): Promise<void>;
  close(): Promise<void>;
}

/** The marks of a cold lead: the tag that the rule of accord.yaml asks for, and the bucket that it places the person in. */
const coldLead: Partial<Record<string, PersonEdit>> = {
  gohighlevel: { tags: ['cold lead'] },
  calltools: { addLists: ['Cold Leads'] },
};
const perRequest = 5_000;

export function createSyncedStore(bench: Bench, database: string, accounts: SandboxAccounts): SyncedStore {
  const db = openDatabase({ url: database, poolSize: 2 });
  const env = stackEnvironment({ ...bench.stack, database }, accounts, bench.encryptionKey);
  const connected = connectProviders(loadConfig({ env, need: ['database'] }), db);
  let filled = 0;

  async function fill(count: number): Promise<void> {
    for (; filled < count; filled += perRequest) {
      const people = Array.from({ length: Math.min(perRequest, count - filled) }, (_, index) => person(filled + index));
      for (const { id } of sandboxes)
        await seedPeople(
          accounts[id],
          people.map((each) => ({ ...each, ...coldLead[id] })),
        );
    }
    filled = count;
    for (const { id } of sandboxes) {
      const { client } = connected.get(id) ?? {};
      if (!client) throw new Error(`${id} is not connected`);
      await learn(db, id, client);
    }
    await sql`analyze`.execute(db);
  }

  return { accounts, fill, close: () => db.destroy() };
}

/** Stores every record of a provider's listing as its shadow. The first record with a phone number creates the contact. */
export async function learn(db: Database, provider: string, client: ProviderClient): Promise<void> {
  for (let cursor: string | null = null; ; ) {
    const page = await listPatiently(client, cursor);
    await storePage(db, { provider, accountId: client.accountId }, page.records);
    cursor = page.cursor;
    if (cursor === null) return;
  }
}

/** The first call after many new records waits until the sandbox has sorted them, which may take longer than a client waits. */
async function listPatiently(client: ProviderClient, cursor: string | null): Promise<RecordPage> {
  for (let attempt = 1; ; attempt += 1)
    try {
      return await client.list({ cursor }, { priority: 5 });
    } catch (error) {
      if (!(error instanceof UnavailableError) || attempt === 10) throw error;
    }
}

async function storePage(
  db: Database,
  account: { provider: string; accountId: string },
  records: ProviderRecord[],
): Promise<void> {
  const rows = records.map(({ externalId, values, version, updatedAt }) => ({
    ...{ externalId, values, version, updatedAt, linkId: randomUUIDv7(), contactId: contactIdOf(values) },
    fields: { ...emptyFields, ...values, lists: undefined },
  }));
  const table = sql`json_to_recordset(${JSON.stringify(rows)}) as r("externalId" text, values jsonb, version text, "updatedAt" timestamptz,
    "linkId" uuid, "contactId" uuid, fields jsonb)`;
  await db.transaction().execute(async (tx) => {
    await sql`insert into contact (id, fields, revision, sync_status) select r."contactId", r.fields, 1, 'synced' from ${table}
      on conflict do nothing`.execute(tx);
    await sql`insert into identity_key (kind, value, contact_id)
      select 'phone', r.fields #>> '{phones,0,e164}', r."contactId" from ${table} where r.fields #>> '{phones,0,e164}' is not null
      union all
      select 'email', r.fields #>> '{emails,0,address}', r."contactId" from ${table} where r.fields #>> '{emails,0,address}' is not null
      on conflict do nothing`.execute(tx);
    await sql`insert into link (id, contact_id, provider, account_id, external_id, state, reference, shadow, version, remote_updated_at)
      select r."linkId", r."contactId", ${account.provider}, ${account.accountId}, r."externalId", 'linked', r."linkId"::text, r.values,
        r.version, r."updatedAt" from ${table} on conflict do nothing`.execute(tx);
  });
}

/** Derived from the phone number, so that all records of a person have the same contact. */
function contactIdOf({ phones = [] }: ProviderRecord['values']): string {
  const digits = (phones[0]?.e164 ?? '').replace(/\D/g, '');
  return `00000000-0000-7000-8000-${digits.padStart(12, '0')}`;
}
