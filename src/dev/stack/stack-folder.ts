import { chmod, mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { hasCode } from '#dev/errors.ts';
import { endLeftoverPostgres, removePostgresData } from '#dev/postgres/embedded-postgres.ts';
import { endLeftovers } from './leftovers.ts';
import { lockStack } from './stack-lock.ts';

/** The folder of `npm start`, below the current one. */
export const defaultFolder = '.accord';

export interface StackFolder {
  path: string;
  /** Unlocks the folder for another stack. */
  release(): Promise<void>;
}

/** The paths of a stack's data. */
export function stackPaths(directory: string) {
  return {
    postgres: join(directory, 'postgres'),
    temporalDatabase: join(directory, 'temporal.db'),
    sandboxes: join(directory, 'sandboxes'),
    logs: join(directory, 'logs'),
    state: join(directory, 'stack.json'),
    upFile: join(directory, 'up.json'),
  };
}

/** Locks a data folder for one stack, and ends the processes of a killed one. `fresh` removes the stack's data first. */
export async function openStackFolder(directory: string, { fresh }: { fresh: boolean }): Promise<StackFolder> {
  const path = resolve(directory);
  const paths = stackPaths(path);
  await makeFolder(path);
  const release = await lockStack(path);
  try {
    await endLeftoverPostgres(paths.postgres);
    await endLeftovers(`--db-filename ${paths.temporalDatabase}`);
    if (fresh) await removeData(path);
    await closeToOthers(paths);
    await rm(paths.upFile, { force: true });
    return { path, release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Files of an earlier release may be readable for others. */
async function closeToOthers({ temporalDatabase, sandboxes, logs, state }: ReturnType<typeof stackPaths>): Promise<void> {
  await mkdir(logs, { recursive: true });
  for (const folder of [sandboxes, logs]) await chmod(folder, 0o700).catch(ignoreMissing);
  for (const file of [...databaseFiles(temporalDatabase), state]) await chmod(file, 0o600).catch(ignoreMissing);
}

const databaseFiles = (path: string): string[] => ['', '-wal', '-shm'].map((suffix) => path + suffix);

function ignoreMissing(error: unknown): void {
  if (!hasCode(error, 'ENOENT')) throw error;
}

/** PostgreSQL may run as another user, which must be able to enter. Files with secrets have their own mode. */
async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  await chmod(path, 0o711).catch(() => {});
}

/** Removes only the stack's own files: the folder may hold others. */
async function removeData(path: string): Promise<void> {
  const { postgres, temporalDatabase, sandboxes, logs, state } = stackPaths(path);
  await removePostgresData(postgres);
  for (const each of [...databaseFiles(temporalDatabase), sandboxes, logs, state])
    await rm(each, { recursive: true, force: true });
}
