import { expect } from '@jest/globals';
import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { eventually } from './eventually.ts';

/** Waits until so many connections to this database wait for a lock. */
export function untilLocksWait(db: Database, count = 1): Promise<void> {
  return eventually(async () => {
    const waiting = sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    expect((await waiting.execute(db)).rows).toHaveLength(count);
  });
}
