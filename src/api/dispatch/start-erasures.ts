import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { repeat } from '#concurrency/repeat.ts';
import type { Database } from '#db/database.ts';
import { listUnstarted, markStarted } from '#db/erasure/erasures.ts';
import { startErasure } from '#temporal.ts';
import type { EraseContactInput } from '#workflows/messages.ts';

export interface ErasureStarter {
  db: Database;
  temporal: Client;
  taskQueuePrefix: string;
  timing?: EraseContactInput['timing'];
}

/** Starts the workflow of an erasure. One that runs asks the vendors again. */
export async function startErasureWorkflow(
  { db, temporal, taskQueuePrefix, timing }: ErasureStarter,
  erasureId: string,
): Promise<void> {
  await startErasure(temporal, { erasureId, taskQueuePrefix, ...(timing && { timing }) });
  await markStarted(db, erasureId, new Date());
}

/** Younger erasures are left to the request that began them. */
const olderThanMs = 8_000;

/** Starts the workflows of erasures that Temporal did not accept, or whose api died. Returns a function that stops it. */
export function sweepErasures(starter: ErasureStarter & { log: Logger; everyMs?: number }): () => Promise<void> {
  const { db, log, everyMs = 5_000 } = starter;
  async function sweep(): Promise<void> {
    for (const id of await listUnstarted(db, { before: new Date(Date.now() - olderThanMs), limit: 20 }))
      await startErasureWorkflow(starter, id);
  }
  return repeat(everyMs, () => sweep().catch((error) => log.warn({ err: error }, 'cannot start erasures')));
}
