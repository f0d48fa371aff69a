import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { waitUntil } from '#dev/wait-until.ts';
import { createEmptyDatabase, type TestDatabase } from '#test/setup/database.ts';
import { eventually } from '#test/setup/eventually.ts';
import { testEncryptionKey } from '#test/setup/provider-settings.ts';
import { linkProductionPackages, openCleanFolder, sizeInMegabytes } from './clean-folder.ts';

const run = promisify(execFile);

/** The nightly run downloads the packages and the oldest Node that package.json promises. */
const isFull = process.env.ACCORD_INSTALLATION === 'full';

/** Connected accounts whose vendors do not answer: a worker with all its parts. */
const unreachableAccounts = {
  ...{ GHL_LOCATION_ID: 'location', GHL_API_KEY: 'pit-1', GHL_BASE_URL: 'http://127.0.0.1:9' },
  ...{ CALLTOOLS_API_KEY: 'key', CALLTOOLS_BASE_URL: 'http://127.0.0.1:9/api' },
  ...{ SQUARE_MERCHANT_ID: 'merchant', SQUARE_ACCESS_TOKEN: 'token', SQUARE_BASE_URL: 'http://127.0.0.1:9' },
  ...{ GOOGLE_CLIENT_ID: 'client', GOOGLE_CLIENT_SECRET: 'secret', GOOGLE_REFRESH_TOKEN: 'token' },
  ...{ GOOGLE_BASE_URL: 'http://127.0.0.1:9', GOOGLE_TOKEN_URL: 'http://127.0.0.1:9/token' },
};

let folder: Awaited<ReturnType<typeof openCleanFolder>>;
let database: TestDatabase;
let env: NodeJS.ProcessEnv;
const started: ChildProcess[] = [];

beforeAll(async () => {
  folder = await openCleanFolder();
  database = await createEmptyDatabase();
  const node = isFull ? await downloadOldestNode() : dirname(process.execPath);
  env = {
    ...{ PATH: `${node}:${process.env.PATH}`, HOME: process.env.HOME, NODE_ENV: 'production', PORT: '0' },
    ...{ DATABASE_URL: database.url, TEMPORAL_ADDRESS: process.env.ACCORD_TEST_TEMPORAL_ADDRESS },
    ...{ TASK_QUEUE_PREFIX: `installation-${process.pid}`, ACCORD_ENCRYPTION_KEY: testEncryptionKey.toString('base64') },
    ...{ WORKFLOW_BUNDLE: 'dist/workflow-bundle.js', ...unreachableAccounts },
  };
  if (isFull) await run('npm', ['ci', '--omit=dev'], { cwd: folder.path, env });
  else linkProductionPackages(folder.path);
}, 540_000);

afterAll(async () => {
  for (const child of started) child.kill('SIGKILL');
  await folder.remove();
  await database.drop();
});

/** Returns the folder of its binary. */
async function downloadOldestNode(): Promise<string> {
  const { engines } = JSON.parse(await readFile('package.json', 'utf8')) as { engines: { node: string } };
  const prefix = join(folder.path, '.node');
  await mkdir(prefix);
  await writeFile(join(prefix, 'package.json'), JSON.stringify({ private: true, allowScripts: { node: true } }));
  await run('npm', ['install', `node@${engines.node.replace('>=', '')}`], { cwd: prefix });
  return join(prefix, 'node_modules', 'node', 'bin');
}

/** Starts a process by its npm script, and resolves once it has logged `line`. */
async function start(script: string, line: string): Promise<{ pid: number; output(): string; stop(): Promise<unknown> }> {
  const child = spawn('npm', ['run', script], { cwd: folder.path, env, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  await waitUntil(line, async () => expect(output).toContain(line), { timeoutMs: 60_000 });
  return {
    pid: child.pid ?? 0,
    output: () => output,
    stop: () => {
      child.kill('SIGTERM');
      return once(child, 'exit');
    },
  };
}

/** The memory of a process and of those that it started, without npm. */
async function residentMegabytes(pid: number): Promise<number> {
  const { stdout } = await run('ps', ['--ppid', String(pid), '--format', 'rss=']);
  return stdout.split('\n').reduce((sum, rss) => sum + Number(rss), 0) / 1024;
}

it('needs 520 MB on the disk, and 350 MB in the image', async () => {
  const slim = join('scripts', 'slim-installation.js');
  if (!isFull) await run('node', [slim], { cwd: folder.path, env });
  expect(await sizeInMegabytes(join(folder.path, 'node_modules'))).toBeLessThanOrEqual(520);
  await run('node', [slim, '--image'], { cwd: folder.path, env });
  expect(await sizeInMegabytes(join(folder.path, 'node_modules'))).toBeLessThanOrEqual(350);
}, 60_000);

it('migrates a new database, serves and works in 550 MB without the packages of development, by npm, node and npx', async () => {
  const migrated = await run('npm', ['run', 'migrate'], { cwd: folder.path, env });
  expect(migrated.stdout).toContain('database: added 0001-contact-store');
  await run('npm', ['run', 'build'], { cwd: folder.path, env });
  const worker = await start('worker', 'Worker ready');
  const api = await start('api', 'the api listens');
  const { url } = JSON.parse(api.output().match(/\{.*the api listens.*\}/)?.[0] ?? '{}');
  await waitUntil('the api to be ready', async () => expect((await fetch(`${url}/readyz`)).status).toBe(200));
  expect((await fetch(`${url}/docs`)).status).toBe(200);
  if (process.platform === 'linux') {
    // Half a minute after their start they need 448 to 470 MB; the goal at rest is 450.
    await eventually(async () => {
      expect((await residentMegabytes(worker.pid)) + (await residentMegabytes(api.pid))).toBeLessThan(550);
    });
  }
  await Promise.all([api.stop(), worker.stop()]);
  for (const [command, ...args] of [
    ['node', 'src/cli/accord.ts', '--help'],
    // Offline, so that it cannot run the package of somebody else that has this name.
    ['npx', '--offline', 'accord', '--help'],
  ] as const) {
    expect((await run(command, args, { cwd: folder.path, env })).stdout).toContain('Usage: accord');
  }
}, 180_000);

it('says in one sentence that a Node is too old', async () => {
  const tooOld = "Object.defineProperty(process, 'versions', { value: { node: '20.20.2' } }); await import('./bin/accord.js')";
  const child = run('node', ['--input-type=module', '--eval', tooOld], { cwd: folder.path, env });
  await expect(child).rejects.toMatchObject({
    code: 1,
    stderr:
      'accord: Accord needs Node 24.16 or newer, and this is 20.20.2. Install a supported release from https://nodejs.org.\n',
  });
});
