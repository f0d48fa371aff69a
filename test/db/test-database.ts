import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll } from '@jest/globals';
import { type Database, openDatabase } from '#db/database.ts';
import { type ArrivedEvent, acceptEvent } from '#db/sync/inbox.ts';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.ts';

/** Creates a database for a test file. `open` adds pools, because production races run across processes. */
export function useDatabase() {
  let created: TestDatabase;
  const pools: Database[] = [];
  const open = (poolSize = 10): Database => {
    // On a busy machine the queue for a connection is long.
    const pool = openDatabase({ url: created.url, poolSize, connectTimeoutMs: 60_000 });
    pools.push(pool);
    return pool;
  };
  beforeAll(async () => {
    created = await createTestDatabase();
    open();
  });
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.destroy()));
    await created.drop();
  });
  return {
    get db(): Database {
      return pools[0] as Database;
    },
    get url(): string {
      return created.url;
    },
    open,
  };
}

/** An event as ingress stores it, with a new record and a new event id unless `facts` says otherwise. */
export function arrivedEvent(facts: Partial<ArrivedEvent> = {}): ArrivedEvent {
  return {
    provider: 'gohighlevel',
    eventId: randomUUIDv7(),
    type: 'ContactUpdate',
    accountId: 'location-1',
    externalId: randomUUIDv7(),
    scheme: 'ed25519',
    payload: '{}',
    headers: {},
    occurredAt: null,
    receivedAt: new Date(),
    ...facts,
  };
}

/** Creates a contact by an event of a new record. */
export async function newContact(
  db: Database,
  facts: Partial<ArrivedEvent> = {},
): Promise<{ contactId: string; linkId: string }> {
  const { contactId, linkId } = await acceptEvent(db, arrivedEvent(facts));
  return { contactId, linkId };
}
