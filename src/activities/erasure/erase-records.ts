import type { ActivityCall, ActivityDeps } from '#activities/deps.ts';
import { describe } from '#activities/failures.ts';
import { mapConcurrently } from '#concurrency/map-concurrently.ts';
import { listOpenRecords, saveOpen } from '#db/erasure/erasures.ts';
import { ProviderError } from '#providers/errors.ts';
import { eraseRecord, StillOpenError } from './erase-record.ts';

export interface EraseRecordsInput {
  erasureId: string;
  provider: string;
}

/** Deletes the records of a person at one account, as far as that is possible now. Resolves to the number of those that stay open. */
export async function eraseRecords(
  deps: ActivityDeps,
  { erasureId, provider }: EraseRecordsInput,
  call: ActivityCall,
): Promise<{ open: number }> {
  const records = (await listOpenRecords(deps.db, erasureId)).filter((record) => record.provider === provider);
  const results = await mapConcurrently(records, 4, async (record) => {
    try {
      await eraseRecord(deps, record, call);
      return 0;
    } catch (error) {
      if (call.signal?.aborted) throw error;
      const { link_id: linkId } = record;
      await saveOpen(deps.db, { erasureId, provider, linkId }, { error: toReason(error), at: deps.now() });
      return 1;
    }
  });
  return { open: results.reduce<number>((sum, open) => sum + open, 0) };
}

/** One sentence, without personal data. Other errors are bugs or the database's: Temporal shows and repeats them. */
function toReason(error: unknown): string {
  if (error instanceof ProviderError) return describe(error);
  if (error instanceof StillOpenError) return error.message;
  throw error;
}
