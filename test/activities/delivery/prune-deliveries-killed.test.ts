import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { addAttemptDays } from '#db/delivery/attempt-days.ts';
import { recordAttempts } from '#db/delivery/attempts.ts';
import { attemptOf, newEndpoint, publish } from '#test/db/delivery/delivery-rows.ts';
import { useDatabase } from '#test/db/test-database.ts';
import { chooseKillPoints, sweepTimeoutMs } from '#test/setup/sweep.ts';
import type { MortalPrune } from './mortal-prune.ts';

const database = useDatabase();
const exportDirectory = mkdtempSync(join(tmpdir(), 'accord-exports-'));
const cache = mkdtempSync(join(tmpdir(), 'accord-compiled-'));
afterAll(() => {
  for (const directory of [exportDirectory, cache]) rmSync(directory, { recursive: true });
});

/** More points than the algorithm has: reaching this means that it changed. */
const mostPoints = 60;
const old = new Date(Date.now() - 40 * 86_400_000);
const older = new Date(Date.now() - 41 * 86_400_000);

it(
  'loses no row and leaves no partial file, wherever SIGKILL ends the pruning process',
  async () => {
    await newEndpoint(database.db);
    const expected = new Set(await fill());
    const { points } = await live(null);
    expect(points).toBeGreaterThan(15);
    expect(points).toBeLessThan(mostPoints);
    expect(await left()).toEqual([]);

    for (const killAt of chooseKillPoints(points)) {
      for (const id of await fill()) expected.add(id);
      const { signal } = await live(killAt);
      expect({ killAt, signal }).toEqual({ killAt, signal: 'SIGKILL' });
      expect(new Set([...(await left()), ...exported()])).toEqual(expected);
    }
    await live(null);
    expect(await left()).toEqual([]);
    expect(new Set(exported())).toEqual(expected);
    expect(readdirSync(exportDirectory).filter((name) => !name.endsWith('.ndjson.gz'))).toEqual([]);
  },
  sweepTimeoutMs,
);

/** Old rows: attempts with and without a partition, and a delivery. Resolves to their ids. */
async function fill(): Promise<string[]> {
  const { db } = database;
  await addAttemptDays(db, { first: old, days: 1 });
  const [delivery] = await publish(db, { occurredAt: old });
  const event = { ...attemptOf(delivery as never), responseBody: randomBytes(20_000).toString('hex') };
  for (const startedAt of [older, old])
    await recordAttempts(db, [{ ...event, startedAt, status: 200, next: { state: 'delivered' } }]);
  const time = old.getTime().toString(16).padStart(12, '0');
  await sql`
    update webhook_delivery set created_at = ${old}, delivered_at = ${old},
      id = (${`${time.slice(0, 8)}-${time.slice(8)}`} || right(id::text, 23))::uuid
    where id = ${delivery?.id}`.execute(db);
  return left();
}

/** Ids of old rows in the database. */
async function left(): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from webhook_delivery union all select id from webhook_attempt`.execute(database.db);
  return rows.map(({ id }) => id);
}

/** Ids in all files; throws for an incomplete one. */
function exported(): string[] {
  const files = readdirSync(exportDirectory).filter((name) => name.endsWith('.ndjson.gz'));
  const texts = files.map((name) => gunzipSync(readFileSync(join(exportDirectory, name))).toString());
  return texts.flatMap((text) => text.trimEnd().split('\n')).map((line) => JSON.parse(line).id as string);
}

/** Runs one process until it is killed or done. */
async function live(killAt: number | null): Promise<{ points: number; signal: string | null }> {
  const task: MortalPrune = { databaseUrl: database.url, exportDirectory, killAt };
  const child = spawn(process.execPath, [join(import.meta.dirname, 'mortal-prune.ts'), JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
    child.on('close', (...ended) => resolve(ended));
  });
  if (signal === null && code !== 0) throw new Error(`The process ended with code ${code}`);
  return { points: Number(printed), signal };
}
