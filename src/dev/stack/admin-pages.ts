import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const sources = join(root, 'src/admin');
const vite = join(root, 'node_modules/vite/bin/vite.js');
const pages = join(root, 'dist/admin');
/** Beside the pages: the hash of the sources that they were built from. */
const keyFile = '.built-from';

/**
 * Builds the admin pages unless they are built from the same sources already. Does nothing where the tools of development are not
 * installed: there the pages come with the image, or from `npm run build:admin`.
 */
export async function buildAdminPages(): Promise<void> {
  if (!existsSync(vite)) return;
  const key = await hashSources();
  const built = await readFile(join(pages, keyFile), 'utf8').catch(() => null);
  if (built === key) return;
  const scratch = `${pages}.${process.pid}`;
  const config = join(sources, 'vite.config.ts');
  // Tests set another NODE_ENV, with which React's larger build for development would be taken.
  const env = { ...process.env, NODE_ENV: 'production' };
  await promisify(execFile)(process.execPath, [vite, 'build', '--config', config, '--outDir', scratch], { cwd: root, env });
  await writeFile(join(scratch, keyFile), key);
  await replaceFolder(pages, scratch);
}

/** At once: an api may be serving the pages, and another process may be building them, too. */
async function replaceFolder(folder: string, by: string): Promise<void> {
  const old = `${by}.old`;
  await rename(folder, old).catch(() => {});
  // Another process may have put its own there meanwhile, of the same sources.
  await rename(by, folder).catch(() => rm(by, { recursive: true, force: true }));
  await rm(old, { recursive: true, force: true });
}

/** Over all sources and the versions of their packages. */
async function hashSources(): Promise<string> {
  const hash = createHash('sha256');
  const entries = await readdir(sources, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  for (const file of [join(root, 'package-lock.json'), ...files.toSorted()]) hash.update(file).update(await readFile(file));
  return hash.digest('hex');
}
