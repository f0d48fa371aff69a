import { execFile } from 'node:child_process';
import { copyFileSync, cpSync, linkSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What Accord needs at run time: the files that the Dockerfile copies, the launcher and the script that npm runs after an installation. */
const files = ['package.json', 'package-lock.json', 'accord.yaml', 'src', 'bin', 'scripts/slim-installation.js'];

/** A folder with Accord's files and nothing installed. Outside of the project, where Node finds no packages of development. */
export async function openCleanFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'accord-installation-'));
  for (const file of files) cpSync(file, join(path, file), { recursive: true });
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Installs what `npm ci --omit=dev` does, as hard links to the packages of this project: in seconds, and without a network. */
export function linkProductionPackages(folder: string): void {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, { dev?: boolean }> };
  for (const [path, { dev = false }] of Object.entries(packages)) {
    if (path !== '' && !dev) linkFolder(path, join(folder, path));
  }
}

/** Packages of other systems are in the lockfile and not on the disk. Nested packages have entries of their own. */
function linkFolder(from: string, to: string): void {
  for (const entry of readdirOrNothing(from)) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory() && entry.name !== 'node_modules') linkFolder(source, target);
    else if (entry.isFile()) {
      mkdirSync(to, { recursive: true });
      linkOrCopy(source, target);
    }
  }
}

function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch {
    // The folder for temporary files is on another disk.
    copyFileSync(source, target);
  }
}

function readdirOrNothing(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** The size of a folder on the disk. */
export async function sizeInMegabytes(folder: string): Promise<number> {
  const { stdout } = await promisify(execFile)('du', ['-sm', folder]);
  return Number.parseInt(stdout, 10);
}
