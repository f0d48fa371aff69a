import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import express from 'express';
import { type Dialect, DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { pino } from 'pino';
import { createAuth } from '#api/rest/auth.ts';
import { problemHandler } from '#api/rest/errors.ts';
import type { Tables } from '#db/tables.ts';

const requests = 26;
let queries = 0;
let answers = 0;
const { promise: allHere, resolve } = Promise.withResolvers<void>();
const check = () => {
  if (queries + answers === requests) resolve();
};

/** Answers no query before every request has either asked one or been refused. */
class SlowDriver extends DummyDriver {
  override async acquireConnection() {
    queries += 1;
    check();
    await allHere;
    return super.acquireConnection();
  }
}

const dialect: Dialect = {
  createAdapter: () => new PostgresAdapter(),
  createDriver: () => new SlowDriver(),
  createIntrospector: (db) => new PostgresIntrospector(db),
  createQueryCompiler: () => new PostgresQueryCompiler(),
};
const db = new Kysely<Tables>({ dialect });

const authorize = createAuth(db, { requests: 20, failures: 5 });
const app = express().use(authorize('sync:read'), problemHandler(pino({ level: 'silent' })));
let url: string;
const server = app.listen(0, '127.0.0.1');
beforeAll(async () => {
  if (!server.listening) await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await db.destroy();
});

it('asks the database about no more keys than an address has failures, also when all come at once', async () => {
  const ask = async (_: unknown, index: number) => {
    const headers = { authorization: `Bearer accord_${String.fromCharCode(97 + index).repeat(32)}` };
    const { status } = await fetch(url, { headers });
    answers += 1;
    check();
    return status;
  };
  const statuses = await Promise.all(Array.from({ length: requests }, ask));
  expect(queries).toBe(5);
  expect(statuses.toSorted()).toEqual([...Array(5).fill(401), ...Array(requests - 5).fill(429)]);
});
