import { expect, it } from '@jest/globals';
import { sql } from 'kysely';
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
