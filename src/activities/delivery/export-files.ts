import { randomUUID } from 'node:crypto';
import { constants, createWriteStream } from 'node:fs';
import { access, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** Where rows are kept as lines of gzipped files, before they are removed. */
export interface ExportFiles {
  /** Resolves once the file is complete and safe from a crash; no lines make no file. Answers how many lines it has. */
  write(name: string, lines: AsyncIterable<string[]>): Promise<number>;
}

/** A file in the making; after a crash it is made anew. */
const unfinished = /^\.webhook-.*\.part$/;

/** Rejects where nothing can be written, with a sentence that says what to do. */
export async function openExportFiles(directory: string): Promise<ExportFiles> {
  await explain(directory, async () => {
    await access(directory, constants.W_OK | constants.X_OK);
    const leftovers = (await readdir(directory)).filter((name) => unfinished.test(name));
    for (const name of leftovers) await rm(join(directory, name), { force: true });
  });
  return { write: (name, lines) => writeFile(directory, name, lines) };
}

async function writeFile(directory: string, name: string, portions: AsyncIterable<string[]>): Promise<number> {
  const part = join(directory, `.${name}.${randomUUID()}.part`);
  let count = 0;
  let unread: { error: unknown } | null = null;
  async function* read() {
    try {
      for await (const lines of portions) {
        count += lines.length;
        yield `${lines.join('\n')}\n`;
      }
    } catch (error) {
      unread = { error };
    }
  }
  try {
    await explain(directory, async () => {
      // It holds personal data: for nobody else to read.
      await pipeline(Readable.from(read()), createGzip(), createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true }));
      if (unread === null && count > 0) await publish(directory, part, name);
    });
    if (unread !== null) throw (unread as { error: unknown }).error;
    return count;
  } finally {
    await rm(part, { force: true }).catch(() => {});
  }
}

/** Under a name of its own: after a crash a day may be written twice, and the file that is there may have what is gone by now. */
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

async function explain(directory: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new Error(
      `What was to be removed is kept, for it cannot be exported: ${directory} cannot be written (${code}). Make it a directory ` +
        'with room that the worker may write to, or take webhooks.exportDirectory out of accord.yaml.',
      { cause: error },
    );
  }
}
