import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { createTokenStore } from '../../src/db/oauth-tokens.ts';
import type { SandboxAccounts } from '../../src/dev/sandboxes.ts';
import { emptyFields } from '../../src/domain/contact.ts';
import { calltools } from '../../src/providers/calltools/index.ts';
import { gohighlevel } from '../../src/providers/gohighlevel/index.ts';
import type { ProviderClient, ProviderRecord } from '../../src/providers/provider.ts';
import { person, seedCallTools, seedGoHighLevel } from './people.ts';

/** A contact store and its providers, in step with each other without a sync: filled in bulk. */
export interface SyncedStore {
  accounts: SandboxAccounts;
  /** Adds people until there are so many. */
  fill(count: number): Promise<void>;
  close(): Promise<void>;
}

const bucket = 'Cold Leads';
const perRequest = 5_000;

export function createSyncedStore(database: string, accounts: SandboxAccounts): SyncedStore {
  const db = openDatabase({ url: database, poolSize: 2 });
  const clients = connect(db, accounts);
  let filled = 0;

  async function fill(count: number): Promise<void> {
    for (; filled < count; filled += perRequest) {
      const people = Array.from({ length: Math.min(perRequest, count - filled) }, (_, index) => person(filled + index));
      await seedGoHighLevel(
        accounts,
        people.map((each) => ({ ...each, tags: ['cold lead'] })),
      );
      await seedCallTools(accounts, people, bucket);
    }
    filled = count;
    for (const [provider, client] of clients) await learn(db, provider, client);
    await sql`analyze`.execute(db);
  }

  return { accounts, fill, close: () => db.destroy() };
}

function connect(db: Database, { gohighlevel: ghl, calltools: dialer }: SandboxAccounts): Map<string, ProviderClient> {
  const fast = { rate: { requestsPerSecond: 10_000, burst: 10_000 }, concurrency: 10 };
  const common = { tokens: createTokenStore(db, null), sharedBy: 1 };
  const ghlSecrets = { GHL_BASE_URL: ghl.url, GHL_LOCATION_ID: ghl.locationId, GHL_API_KEY: ghl.token };
  const dialerSecrets = { CALLTOOLS_BASE_URL: dialer.url, CALLTOOLS_API_KEY: dialer.token };
  return new Map([
    [
      'gohighlevel',
      gohighlevel.connect({
        ...{ ...common, lists: [], account: gohighlevel.accountSchema.parse({ ...fast, pageSize: 500 }) },
        secrets: gohighlevel.secretsSchema.parse(ghlSecrets),
      }),
    ],
    [
      'calltools',
      calltools.connect({
        ...{ ...common, lists: [bucket], account: calltools.accountSchema.parse(fast) },
        secrets: calltools.secretsSchema.parse(dialerSecrets),
      }),
    ],
  ]);
}

/** Stores every record as known, just as the provider lists it: the contact of a phone number is made at its first record. */
async function learn(db: Database, provider: string, client: ProviderClient): Promise<void> {
  for (let cursor: string | null = null; ; ) {
    const page = await client.list({ cursor }, { priority: 5 });
    await storePage(db, { provider, accountId: client.accountId }, page.records);
    cursor = page.cursor;
    if (cursor === null) return;
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
    await sql`insert into link (id, contact_id, provider, account_id, external_id, state, reference, shadow, version, remote_updated_at)
      select r."linkId", r."contactId", ${account.provider}, ${account.accountId}, r."externalId", 'linked', r."linkId"::text, r.values,
        r.version, r."updatedAt" from ${table} on conflict do nothing`.execute(tx);
  });
}

/** The same for both records of a person: made of the phone number. */
function contactIdOf({ phones = [] }: ProviderRecord['values']): string {
  const digits = (phones[0]?.e164 ?? '').replace(/\D/g, '');
  return `00000000-0000-7000-8000-${digits.padStart(12, '0')}`;
}
