import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Connection } from '@temporalio/client';
import pg from 'pg';
import { migrateToLatest } from '#db/migrate.ts';
import { ensureDatabase, ensureOwnedDatabase } from '#dev/postgres/databases.ts';
import { databaseUrl, embeddedPostgres, type PostgresOptions } from '#dev/postgres/embedded-postgres.ts';
import { type ProcessSpec, type RunningProcess, startProcess } from '#dev/processes/process.ts';
import { getTemporalExecutable } from '#dev/temporal/temporal-executable.ts';
import { temporalServer } from '#dev/temporal/temporal-server.ts';
import { freePort } from '#free-port.ts';

let directory: string;
const running: RunningProcess[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'accord-servers-'));
  await chmod(directory, 0o711);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function start(spec: ProcessSpec): Promise<RunningProcess> {
  const started = await startProcess(spec);
  running.push(started);
  return started;
}

describe('PostgreSQL', () => {
  // All tests use one data directory: initdb takes seconds.
  let options: PostgresOptions;
  beforeAll(async () => {
    const files = { dataDirectory: join(directory, 'postgres'), logFile: join(directory, 'postgres.log') };
    options = { ...files, port: await freePort(), password: 'with space & sign' };
  });

  it('keeps committed rows after SIGKILL', async () => {
    const url = databaseUrl(options, 'postgres');
    const first = await start(await embeddedPostgres(options));
    await query(url, 'create table kept as select 42 as answer');
    first.kill('SIGKILL');
    await first.ended;

    await start(await embeddedPostgres(options));
    expect(await query(url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('lets Accord migrate and work as a role that is no superuser, also in a database of an earlier release', async () => {
    await start(await embeddedPostgres(options));
    await ensureDatabase(options, 'accord');
    await migrateToLatest(databaseUrl(options, 'accord'));
    for (const name of ['accord', 'another']) {
      const url = await ensureOwnedDatabase(options, name);
      await migrateToLatest(url);
      expect(await query(url, 'select usename, usesuper, usecreatedb from pg_user where usename = current_user')).toEqual([
        { usename: 'accord', usesuper: false, usecreatedb: false },
      ]);
      expect(
        await query(
          url,
          `select relname from pg_class where relnamespace = 'public'::regnamespace and relowner <> 'accord'::regrole`,
        ),
      ).toEqual([]);
      expect(
        await query(
          url,
          `select proname from pg_proc where pronamespace = 'public'::regnamespace and proowner <> 'accord'::regrole
           and not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = pg_proc.oid and deptype = 'e')`,
        ),
      ).toEqual([]);
      await expect(query(url, `copy api_key from program 'true'`)).rejects.toThrow('permission denied');
    }
  });

  it('ends the server that a killed run has left', async () => {
    const left = await start(await embeddedPostgres(options));
    await start(await embeddedPostgres(options));
    expect(await left.ended).toBe('exit code 0');
  });
});

it('Temporal keeps namespaces and search attributes after SIGKILL', async () => {
  const { path: executable } = await getTemporalExecutable();
  const files = { databaseFile: join(directory, 'temporal.db'), logFile: join(directory, 'temporal.log') };
  const options = { ...files, executable, port: await freePort(), namespace: 'sync' };
  const first = await start(temporalServer(options));
  first.kill('SIGKILL');
  await first.ended;

  await start(temporalServer(options));
  expect((await stat(options.databaseFile)).mode & 0o777).toBe(0o600);
  const connection = await Connection.connect({ address: `127.0.0.1:${options.port}` });
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'sync' });
  await connection.close();
  expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(['SyncStatus', 'ParkedProviders', 'LastErrorType']));
});

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}
