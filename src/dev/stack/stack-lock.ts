import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { hasCode } from '#dev/errors.ts';
import { findCommand } from './leftovers.ts';

const holderSchema = z.object({
  pid: z.number(),
  /** The command line: the system reuses process ids. */
  command: z.string(),
});
type Holder = z.output<typeof holderSchema>;

/** Locks a data folder against a second stack. Returns the release. Throws one sentence when a stack already runs in the folder. */
export async function lockStack(directory: string): Promise<() => Promise<void>> {
  const file = join(directory, 'lock');
  const self: Holder = { pid: process.pid, command: (await findCommand(process.pid)) ?? '' };
  while (!(await take(file, self))) await removeStale(file, directory);
  return () => rm(file, { force: true });
}

async function take(file: string, self: Holder): Promise<boolean> {
  try {
    await writeFile(file, JSON.stringify(self), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function removeStale(file: string, directory: string): Promise<void> {
  const holder = await readFile(file, 'utf8')
    .then((text) => holderSchema.parse(JSON.parse(text)))
    .catch(() => null);
  if (holder && (await findCommand(holder.pid)) === holder.command) {
    throw new Error(
      `Accord already runs in ${directory} (process ${holder.pid}). Stop it, or choose another folder with --data.`,
    );
  }
  await rm(file, { force: true });
}
