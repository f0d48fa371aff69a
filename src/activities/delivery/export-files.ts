import { randomUUID } from 'node:crypto';
import { constants, createWriteStream } from 'node:fs';
import { access, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { OperatorNeededError } from '#activities/failures.ts';

/** Writes rows to gzipped files before they are removed. */
export interface ExportFiles {
  /** Resolves to the number of lines once the file is complete and synced. No lines: no file. */
  write(name: string, lines: AsyncIterable<string[]>): Promise<number>;
}

/** A crash leaves an incomplete file, which the next run replaces. */
const unfinished = /^\.webhook-.*\.part$/;

/** Rejects when the directory cannot be written, with advice in the message. */
export async function openExportFiles(directory: string): Promise<ExportFiles> {
  await withAdvice(directory, async () => {
    await access(directory, constants.W_OK | constants.X_OK);
    const leftovers = (await readdir(directory)).filter((name) => unfinished.test(name));
    for (const name of leftovers) await rm(join(directory, name), { force: true });
  });
  return { write: (name, lines) => writeFile(directory, name, lines) };
}

async function writeFile(directory: string, name: string, portions: AsyncIterable<string[]>): Promise<number> {
  const part = join(directory, `.${name}.${randomUUID()}.part`);
  let count = 0;
  const failure: { error?: unknown } = {};
  async function* read() {
    try {
      for await (const lines of portions) {
        count += lines.length;
        yield `${lines.join('\n')}\n`;
      }
    } catch (error) {
      failure.error = error;
    }
  }
  try {
    await withAdvice(directory, async () => {
      // Mode 600: the file holds personal data.
      await pipeline(Readable.from(read()), createGzip(), createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true }));
      if (!('error' in failure) && count > 0) await publish(directory, part, name);
    });
    if ('error' in failure) throw failure.error;
    return count;
  } finally {
    await rm(part, { force: true }).catch(() => {});
  }
}

/** Never overwrites: after a crash a day may be written twice, and the first file may hold rows that are deleted by now. */
async function publish(directory: string, part: string, name: string): Promise<void> {
  const taken = new Set(await readdir(directory));
  let free = `${name}.ndjson.gz`;
  for (let number = 2; taken.has(free); number += 1) free = `${name}.${number}.ndjson.gz`;
  await rename(part, join(directory, free));
  const handle = await open(directory);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function withAdvice(directory: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : String(error);
    throw new OperatorNeededError(
      `Nothing was removed, because it could not be exported: ${directory} cannot be written (${code}). Make it a directory ` +
        'with free space that the worker may write to, or remove webhooks.exportDirectory from accord.yaml.',
      { cause: error },
    );
  }
}
