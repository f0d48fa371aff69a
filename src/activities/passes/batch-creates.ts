import { createBatcher } from '#concurrency/batcher.ts';
import { ProviderError } from '#providers/errors.ts';
import type { CallOptions, NewRecord, ProviderClient, WriteResult } from '#providers/provider.ts';

interface Waiting extends PromiseWithResolvers<WriteResult> {
  item: NewRecord;
  call: CallOptions;
}

/** As many as most vendors take, and no more than one activity should have under way. */
const maxBatchSize = 100;
/** Creates are asked for at once by many pushes; one that comes later waits for the next batch. */
const gatherMs = 50;

/**
 * The same client, with the creates of many concurrent pushes sent in the vendor's batches. Each push goes its usual way, with its
 * own intent and attempt, and hears of its own record.
 */
export function batchCreates(client: ProviderClient): ProviderClient {
  if (!client.createMany) return client;
  const run = (batch: Waiting[]) => sendBatch(client, batch);
  const batcher = createBatcher({ run, maxItems: maxBatchSize, gatherMs, isDebounced: true });
  return {
    ...client,
    create(patch, { reference, ...call }) {
      const asked: Waiting = { item: { patch, reference }, call, ...Promise.withResolvers<WriteResult>() };
      batcher.add(asked);
      return asked.promise;
    },
  };
}

async function sendBatch(client: ProviderClient, batch: Waiting[]): Promise<void> {
  const items = batch.map(({ item }) => item);
  try {
    const answers = (await client.createMany?.(items, batch[0]?.call)) ?? [];
    for (const [place, { resolve, reject }] of batch.entries()) {
      const answer = answers[place];
      if (answer === undefined || answer instanceof ProviderError) reject(answer ?? new Error('A batch was answered in part'));
      else resolve(answer);
    }
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}
