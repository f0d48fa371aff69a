import { Command, InvalidArgumentError } from 'commander';
import type { ConfigWith } from '#config.ts';
import { isWorkerAlive, sequenceStep, settleAfterRestore } from '#db/after-restore.ts';
import { openDatabase } from '#db/database.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { forEachWorkspace, loadChosen } from './workspaces/chosen-workspaces.ts';

/** `accord restored` */
export function restoredCommand(): Command {
  return new Command('restored')
    .description('make a database that was restored from a backup safe to work with; run it before any process is started')
    .requiredOption('--since <time>', 'when the backup was made, such as 2026-11-30T01:00:00Z', parseTime)
    .action(({ since }: { since: Date }) => forEachWorkspace(loadChosen(['database']), (config) => settle(config, since)));
}

function parseTime(text: string): Date {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new InvalidArgumentError('Write a time such as 2026-11-30T01:00:00Z.');
  return time;
}

async function settle({ database, temporal, workspace }: ConfigWith<'database'>, since: Date): Promise<void> {
  const db = openDatabase({ url: database.url, poolSize: 1 });
  try {
    if (await isWorkerAlive(db))
      throw new CommandError(
        'A worker runs on this database: stop all processes of Accord, then run this again.',
        exitCodes.failed,
      );
    // Before any change: the command can then be repeated when Temporal does not answer.
    const ended = await endWorkflows(temporal.taskQueuePrefix, since, workspace?.temporal);
    const { observed, contacts } = await settleAfterRestore(db);
    console.log(`workflows: ended ${ended.count}`);
    console.log(`contacts: the sequence of ${contacts} goes on ${sequenceStep} higher`);
    console.log(`accounts: only observed until accord go-live: ${observed.join(', ')}`);
    for (const id of ended.erasures) console.log(`erased since the backup, and back: erase the person of erasure ${id} again`);
  } finally {
    await db.destroy();
  }
}

async function endWorkflows(taskQueuePrefix: string, since: Date, variables?: Readonly<Record<string, string>>) {
  const { createTemporalClient } = await import('#temporal.ts');
  const { endWorkflowsAfterRestore } = await import('#temporal-after-restore.ts');
  const client = createTemporalClient(variables);
  try {
    return await endWorkflowsAfterRestore(client, { taskQueuePrefix, since });
  } finally {
    await client.connection.close();
  }
}
