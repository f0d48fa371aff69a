import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { waitUntil } from '#dev/wait-until.ts';
import { createTcpGate, type TcpGate } from '#test/api/tcp-gate.ts';
import { startTestApi, type TestApi } from '#test/api/test-api.ts';
import { setStandby } from '#test/setup/standby.ts';
import { ghlEvent, postEvent } from './ghl-webhook.ts';

let api: TestApi;
let gate: TcpGate;

beforeAll(async () => {
  const real = new URL(process.env.ACCORD_TEST_DATABASE_URL ?? '');
  gate = await createTcpGate({ host: real.hostname, port: Number(real.port) });
  api = await startTestApi({
    databaseUrl: (url) => url.replace(real.host, `${gate.host}:${gate.port}`),
    timeouts: { statement: 0.5, lock: 0.25 },
  });
});

afterEach(() => {
  gate.delayMs = 0;
});

afterAll(async () => {
  await api.close();
  await gate.shut();
});

const post = (id: string) => postEvent(api, ghlEvent({ id }));

/** A busy PostgreSQL may exceed the short timeouts, and the pool may hold connections whose end it has not noticed yet. */
function untilTaken(id: string): Promise<void> {
  return waitUntil('PostgreSQL to take the webhook', async () => expect((await post(id)).status).toBe(200));
}

async function storedIds(): Promise<string[]> {
  const rows = await api.db.selectFrom('inbox_event').select('external_id').execute();
  return rows.map(({ external_id }) => String(external_id));
}

/** Makes PostgreSQL answer each webhook with an error, until the returned function is called. */
async function breakInserts(body: string): Promise<() => Promise<void>> {
  const name = sql.id('trouble');
  await sql`create function ${name}() returns trigger language plpgsql as ${sql.lit(`begin ${body} return new; end`)}`.execute(
    api.db,
  );
  await sql`create trigger ${name} before insert on inbox_event for each row execute function ${name}()`.execute(api.db);
  return async () => void (await sql`drop function ${name} cascade`.execute(api.db));
}

describe('a webhook', () => {
  it.each([
    ['hangs', 'hangs', 'perform pg_sleep(600);'],
    ['has a full disk', 'full', `raise 'could not extend file' using errcode = '53100';`],
    ['is out of connections', 'crowded', `raise 'too many clients' using errcode = '53300';`],
  ])('is to be sent again while PostgreSQL %s, and stored then', async (_, id, body) => {
    const repair = await breakInserts(body);
    const refused = await post(id);
    await repair();
    // GoHighLevel sends again after 429 only.
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
    expect(await storedIds()).not.toContain(id);
    await untilTaken(id);
    expect(await storedIds()).toContain(id);
  });

  it('is to be sent again while PostgreSQL fails over, and stored then', async () => {
    const url = new URL(String(process.env.ACCORD_TEST_DATABASE_URL));
    const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(api.db);
    url.pathname = String(rows[0]?.name);
    await setStandby(url.href, true);
    const refused = await post('standby');
    await setStandby(url.href, false);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
    await untilTaken('standby');
    expect(await storedIds()).toContain('standby');
  });

  it('that was answered with 200 is stored, however slow PostgreSQL is', async () => {
    const ids = Array.from({ length: 20 }, (_, number) => `slow-${number}`);
    gate.delayMs = 100;
    const answers = await Promise.all(ids.map(async (id) => ({ id, response: await post(id) })));
    gate.delayMs = 0;
    const taken = answers.filter(({ response }) => response.status === 200);
    const refused = answers.filter(({ response }) => response.status !== 200);
    expect(await storedIds()).toEqual(expect.arrayContaining(taken.map(({ id }) => id)));
    expect(refused.filter(({ response }) => response.headers.get('retry-after') === null)).toEqual([]);
    expect(taken).not.toEqual([]);
  });
});

it('a request that waits for a lock in vain is answered with 503, and holds no connection', async () => {
  const holder = await api.db.startTransaction().execute();
  await sql`lock table webhook_endpoint in access exclusive mode`.execute(holder);
  const answers = await Promise.all(Array.from({ length: 12 }, () => api.get('/api/v1/webhooks')));
  expect(answers.map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual(answers.map(() => [503, '5']));
  await holder.rollback().execute();
  await waitUntil('an answer', async () => expect((await api.get('/api/v1/webhooks')).status).toBe(200));
});
