import { Command } from 'commander';
import { defaultFolder } from '#dev/stack/stack-folder.ts';
import type { UpOptions } from './run-up.ts';

/** `accord up`, which `npm start` runs */
export function upCommand(): Command {
  return new Command('up')
    .description('run the whole stack on this machine: PostgreSQL, Temporal, the sandboxes, the worker and the API')
    .option('--fresh', 'remove the data of earlier starts first', false)
    .option('--data <folder>', 'folder for data and logs', defaultFolder)
    .option(
      '--no-demo',
      'skip the sample contacts and the demonstration, and leave the sandboxes to be connected (accord connect)',
    )
    .option('--exit', 'stop after the demonstration, with status 0', false)
    .action(up);
}

/** Loaded here, because the other commands need neither sandboxes nor the servers of development. */
async function up(options: UpOptions): Promise<void> {
  const { runUp } = await import('./run-up.ts');
  await runUp(options);
}
