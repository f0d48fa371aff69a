import { expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { isDatabaseUnavailable } from '#api/rest/errors.ts';
import { openDatabase } from '#db/database.ts';
import { createTcpGate } from '#test/api/tcp-gate.ts';
import { createTestDatabase } from '#test/setup/database.ts';
import { eventually } from '#test/setup/eventually.ts';

it('fails the query whose connection breaks, not the process', async () => {
  const database = await createTestDatabase();
  const real = new URL(database.url);
  const gate = await createTcpGate({ host: real.hostname, port: Number(real.port) });
  const db = openDatabase({ url: database.url.replace(real.host, `${gate.host}:${gate.port}`) });
  const watcher = openDatabase({ url: database.url });
  const sleeping = expect(sql`select pg_sleep(60)`.execute(db)).rejects.toThrow('Connection terminated unexpectedly');
  await eventually(async () => {
    const { rows } = await sql`select 1 from pg_stat_activity where query like 'select pg_sleep%'`.execute(watcher);
    expect(rows).toHaveLength(1);
  });
  await gate.shut();
  await sleeping;

  await gate.open();
  await eventually(async () => expect((await sql`select 1`.execute(db)).rows).toHaveLength(1));
  await Promise.all([db.destroy(), watcher.destroy()]);
  await gate.shut();
  await database.drop();
});

it('ends what takes longer than the limits of its process', async () => {
  const database = await createTestDatabase();
  const quick = openDatabase({ url: database.url, role: 'api', timeouts: { statement: 0.2, lock: 0.05 } });
  const slow = await sql`select pg_sleep(30)`.execute(quick).catch((error: unknown) => error);
  expect([slow, isDatabaseUnavailable(slow)]).toEqual([expect.objectContaining({ code: '57014' }), true]);

  const holder = await quick.startTransaction().execute();
  await sql`select pg_advisory_xact_lock(1)`.execute(holder);
  const blocked = await sql`select pg_advisory_xact_lock(1)`.execute(quick).catch((error: unknown) => error);
  expect([blocked, isDatabaseUnavailable(blocked)]).toEqual([expect.objectContaining({ code: '55P03' }), true]);
  await holder.rollback().execute();

  const api = openDatabase({ url: database.url, role: 'api', timeouts: { lock: 0 } });
  const { rows } =
    await sql`select current_setting('idle_in_transaction_session_timeout') as idle, current_setting('lock_timeout') as lock`.execute(
      api,
    );
  expect(rows).toEqual([{ idle: '1min', lock: '0' }]);
  await Promise.all([quick.destroy(), api.destroy()]);
  await database.drop();
});
