import { countDirtyLinks } from '#db/contacts/dirty-links.ts';
import { openDatabase } from '#db/database.ts';
import { waitUntil } from '#dev/wait-until.ts';
import type { Bench } from './bench.ts';

/** Waits until every change has been read and no contact's workflow runs. */
export async function untilQuiet({ stack, temporal }: Bench, database = stack.database): Promise<void> {
  const db = openDatabase({ url: database, poolSize: 1 });
  const query = `WorkflowType = 'syncContact' and ExecutionStatus = 'Running'`;
  const check = async () => {
    const { signalled, unsignalled } = await countDirtyLinks(db);
    const { count } = await temporal.workflow.count(query);
    if (signalled + unsignalled + count > 0)
      throw new Error(`${signalled + unsignalled} changes and ${count} workflows are left`);
  };
  try {
    // Temporal's visibility lags by some milliseconds: the check must pass twice.
    await waitUntil('the end of all work', check, { timeoutMs: 60_000, everyMs: 100 });
    await waitUntil('the end of all work', check, { timeoutMs: 60_000, everyMs: 100 });
  } finally {
    await db.destroy();
  }
}
