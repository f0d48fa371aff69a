import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const sources = join(root, 'src/admin');
const vite = join(root, 'node_modules/vite/bin/vite.js');
/** Beside the pages: the hash of the sources that they were built from. */
const keyFile = join(root, 'dist/admin/.built-from');

/**
 * Builds the admin pages unless they are built from the same sources already. Does nothing where the tools of development are not
 * installed: there the pages come with the image, or from `npm run build:admin`.
 */
export async function buildAdminPages(): Promise<void> {
  if (!existsSync(vite)) return;
  const key = await hashSources();
  const built = await readFile(keyFile, 'utf8').catch(() => null);
  if (built === key) return;
  await promisify(execFile)(process.execPath, [vite, 'build', '--config', join(sources, 'vite.config.ts')], { cwd: root });
  await writeFile(keyFile, key);
}

/** Of all sources, and of the versions of what they import. */
async function hashSources(): Promise<string> {
  const hash = createHash('sha256');
  const entries = await readdir(sources, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  for (const file of [join(root, 'package-lock.json'), ...files.toSorted()]) hash.update(file).update(await readFile(file));
  return hash.digest('hex');
}
