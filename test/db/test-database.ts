import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll } from '@jest/globals';
import { type Database, openDatabase } from '#db/database.ts';
import { type ArrivedEvent, acceptEvent } from '#db/sync/inbox.ts';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.ts';

/** A database of its own for a test file, and as many pools to it as the test wants: what races in production races across processes. */
export function useDatabase() {
  let created: TestDatabase;
  const pools: Database[] = [];
  const open = (poolSize = 10): Database => {
    const pool = openDatabase({ url: created.url, poolSize });
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

/** An event as a webhook leaves it: of a record and with an id of its own, where nothing else is said. */
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

/** A contact that came from a record of its own. */
export async function newContact(
  db: Database,
  facts: Partial<ArrivedEvent> = {},
): Promise<{ contactId: string; linkId: string }> {
  const { contactId, linkId } = await acceptEvent(db, arrivedEvent(facts));
  return { contactId, linkId };
}
