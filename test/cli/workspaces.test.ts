import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { addWorkspace } from '#cli/workspaces/add-workspace.ts';
import { findDatabase } from '#db/databases.ts';
import { useDatabase } from '#test/db/test-database.ts';
import { eventually } from '#test/setup/eventually.ts';
import { testEncryptionKey } from '#test/setup/provider-settings.ts';

const database = useDatabase();
const folder = mkdtempSync(join(tmpdir(), 'accord-workspaces-'));
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

const form = `
accounts:
  webform:
    forms:
      contact: { title: Contact, fields: [{ name: name, label: Name, mapsTo: fullName }, { name: email, label: Email, type: email, mapsTo: email }] }
`;

function environment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...{ NODE_OPTIONS: '', ACCORD_PROFILE: '', LOG_LEVEL: 'fatal', PORT: '0', ACCORD_CONFIG: join(folder, 'accord.yaml') },
    ...{ DATABASE_URL: database.url, TEMPORAL_ADDRESS: process.env.ACCORD_TEST_TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE: 'default' },
    ...{ TASK_QUEUE_PREFIX: 'workspaces', WORKFLOW_BUNDLE: process.env.ACCORD_TEST_WORKFLOW_BUNDLE },
    ...{ ACCORD_ENCRYPTION_KEY: testEncryptionKey.toString('base64'), ...more },
  };
}

/** Runs a command as it stands in docs/operating.md. */
async function run(
  command: string,
  { env = {}, answer = '' }: { env?: Record<string, string>; answer?: string } = {},
): Promise<string> {
  const words = command.split(' ').slice(1);
  const running = promisify(execFile)(process.execPath, ['src/cli/accord.ts', '--no-env-file', ...words], {
    env: environment(env),
  });
  running.child.stdin?.end(`${answer}\n`);
  const { stdout } = await running;
  return stdout;
}

async function start(name: 'api' | 'worker'): Promise<{ url: string }> {
  const child = spawn(process.execPath, ['src/cli/accord.ts', '--no-env-file', name], {
    ...{ stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env: environment() },
  });
  started.push(child);
  const [message] = await once(child, 'message');
  return message;
}

it('the commands of docs/operating.md add a workspace that is served beside the default one, and remove it', async () => {
  const [, section = ''] = readFileSync('docs/operating.md', 'utf8').split('\n### Workspaces\n');
  const [, block = ''] = /```sh\n([\s\S]*?)```/.exec(section) ?? [];
  const commands = block
    .split('\n')
    .map((line) => line.replace(/ +#.*$/, '').trim())
    .filter((line) => line !== '');
  const [add = '', list = '', create = '', connect = '', migrate = '', dryRun = '', remove = '', ...more] = commands;
  expect(more).toEqual([]);
  writeFileSync(join(folder, 'accord.yaml'), form);
  const file = join(folder, 'workspaces/acme.yaml');

  const added = await run(add);
  expect(added).toContain('database: created');
  expect(added).toContain('namespace: created default-acme');
  writeFileSync(file, form);
  expect(await run(list)).toMatch(/default .*\n.*acme +http:\S+\/w\/acme/);
  const [, key = ''] = /^key +(\S+)$/m.exec(await run(create)) ?? [];
  expect(await run(migrate)).toMatch(/default:\n(.*\n)+acme:\ndatabase: up to date/);

  const [{ url }] = await Promise.all([start('api'), start('worker')]);
  const accounts = await run(connect, { env: { ACCORD_API_URL: url, ACME__ACCORD_API_KEY: key } });
  expect(accounts).toContain('calltools');

  const sent = await fetch(`${url}/w/acme/webforms/contact`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ name: 'Ada Lovelace', email: 'ada@example.com' }),
  });
  expect(sent.status).toBe(202);
  await eventually(async () => {
    const found = await fetch(`${url}/w/acme/api/v1/contacts?q=lovelace`, { headers: { authorization: `Bearer ${key}` } });
    expect(JSON.stringify(await found.json())).toContain('Ada');
  });
  expect(await database.db.selectFrom('contact').select('id').execute()).toEqual([]);
  const elsewhere = await fetch(`${url}/api/v1/contacts`, { headers: { authorization: `Bearer ${key}` } });
  expect(elsewhere.status).toBe(401);

  const ended = started.map((child) => once(child, 'exit'));
  for (const child of started) child.kill('SIGTERM');
  expect((await Promise.all(ended)).map(([code]) => code)).toEqual([0, 0]);

  const name = `${new URL(database.url).pathname.slice(1)}_acme`;
  expect(await run(dryRun)).toContain(name);
  await expect(run(remove, { answer: 'acne' })).rejects.toThrow('Nothing was done: the answer is not acme');
  expect([existsSync(file), await findDatabase(database.url, name)]).toEqual([true, { bytes: expect.any(Number) }]);
  expect(await run(remove, { answer: 'acme' })).toContain('acme is removed');
  expect([existsSync(file), existsSync(`${file}.removed`), await findDatabase(database.url, name)]).toEqual([false, true, null]);
}, 120_000);

it('a role that may not create databases is told what to do, and no half of a workspace stays', async () => {
  const role = `poor_${process.pid}`;
  const { url } = database;
  await sql.raw(`create role ${role} login password 'x'`).execute(database.db);
  const poor = new URL(url);
  [poor.username, poor.password] = [role, 'x'];
  const before = { ...process.env };
  Object.assign(process.env, environment({ DATABASE_URL: poor.href }));
  await expect(addWorkspace('acme')).rejects.toThrow(`alter role ${role} createdb`);
  process.env = before;
  expect(existsSync(join(folder, 'workspaces/acme.yaml'))).toBe(false);
  await sql.raw(`drop role ${role}`).execute(database.db);
}, 60_000);
