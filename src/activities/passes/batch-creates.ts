import { createBatcher } from '#concurrency/batcher.ts';
import { ProviderError } from '#providers/errors.ts';
import type { CallOptions, NewRecord, ProviderClient, WriteResult } from '#providers/provider.ts';

interface Waiting extends PromiseWithResolvers<WriteResult> {
  item: NewRecord;
  call: CallOptions;
}

type CreateMany = NonNullable<ProviderClient['createMany']>;

/** The batch limit of most vendors, and the most creates that one activity should have in flight. */
const maxItems = 100;
/** Concurrent pushes create at about the same time; a later create waits for the next batch. */
const gatherMs = 50;

/**
 * The same client, with the creates of concurrent pushes sent in the vendor's batches. Each push keeps its own intent and attempt,
 * and receives the result of its own record.
 */
export function batchCreates(client: ProviderClient): ProviderClient {
  const createMany = client.createMany?.bind(client);
  if (!createMany) return client;
  const batcher = createBatcher<Waiting>({
    run: (batch) => sendBatch(createMany, batch),
    maxItems,
    gatherMs,
    isDebounced: true,
  });
  return {
    ...client,
    create(patch, { reference, ...call }) {
      const asked: Waiting = { item: { patch, reference }, call, ...Promise.withResolvers<WriteResult>() };
      batcher.add(asked);
      return asked.promise;
    },
  };
}

async function sendBatch(createMany: CreateMany, batch: Waiting[]): Promise<void> {
  const items = batch.map(({ item }) => item);
  try {
    const answers = await createMany(items, batch[0]?.call);
    for (const [index, { resolve, reject }] of batch.entries()) {
      const answer = answers[index];
      if (answer === undefined || answer instanceof ProviderError)
        reject(answer ?? new Error('The provider answered only part of a batch'));
      else resolve(answer);
    }
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}
