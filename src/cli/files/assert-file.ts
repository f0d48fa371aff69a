import { stat } from 'node:fs/promises';
import { CommandError, exitCodes } from '#cli/exit-codes.ts';

/** Throws for a file to import that is missing or empty. */
export async function assertFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) throw new CommandError(`There is no file ${path}.`, exitCodes.notFound);
  if (found.size === 0) throw new CommandError(`${path} is empty. Export it again, and import that file.`, exitCodes.failed);
}
