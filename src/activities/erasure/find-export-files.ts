import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';

/** The exports of old deliveries that name one of the contacts. They are the operator's: Accord changes none. */
export async function findExportFiles(directory: string | null, contactIds: readonly string[]): Promise<string[]> {
  if (directory === null) return [];
  const names = (await readdir(directory)).filter((name) => name.endsWith('.ndjson.gz')).toSorted();
  const found: string[] = [];
  for (const name of names) if (await mentions(join(directory, name), contactIds)) found.push(name);
  return found;
}

async function mentions(file: string, contactIds: readonly string[]): Promise<boolean> {
  const lines = createInterface({ input: createReadStream(file).pipe(createGunzip()) });
  for await (const line of lines) if (contactIds.some((id) => line.includes(id))) return true;
  return false;
}
