import { Command, InvalidArgumentError } from 'commander';
import { maxSampleContacts } from '#dev/demonstration/sample-contacts.ts';
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
    .option('--contacts <count>', 'number of sample contacts of a new folder, 100 to 500', toContacts, maxSampleContacts)
    .option('--exit', 'stop after the demonstration, with status 0', false)
    .action(up);
}

function toContacts(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 100 && count <= maxSampleContacts) return count;
  throw new InvalidArgumentError(`It must be a whole number from 100 to ${maxSampleContacts}.`);
}

/** Loaded here, because the other commands need neither sandboxes nor the servers of development. */
async function up(options: UpOptions): Promise<void> {
  const { runUp } = await import('./run-up.ts');
  await runUp(options);
}
