import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { untilEverythingIsRead } from '#dev/demonstration/first-sync.ts';

const signal = new AbortController().signal;

describe('untilEverythingIsRead', () => {
  let server: Server;
  let accord: { api: string; apiKey: string };
  /** What the next answers say; the last one stays. */
  let outcomes: ('completed' | 'failed' | null)[];
  let pending: number[];

  const next = <T>(answers: T[]): T | undefined => (answers.length > 1 ? answers.shift() : answers[0]);

  beforeAll(async () => {
    server = createServer(({ url }, response) => {
      const runs = () => ({
        runs: [{ provider: 'square', counts: { listed: 3 }, outcome: next(outcomes), webUi: 'http://temporal/run' }],
      });
      const data = url?.startsWith('/sync/runs') ? runs() : { pending: next(pending) };
      response.end(JSON.stringify({ data }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    accord = { api: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, apiKey: 'accord_test' };
  });

  afterAll(async () => {
    server.close();
    await once(server, 'close');
  });

  const untilRead = (onProgress = (_: number) => {}) =>
    untilEverythingIsRead(accord, { providers: ['square'], onProgress, signal });

  it('waits for the pass, and for the contacts that it left to their own workflows', async () => {
    [outcomes, pending] = [
      [null, 'completed'],
      [1, 0],
    ];
    const shown: number[] = [];
    await untilRead((listed) => shown.push(listed));
    expect({ shown, outcomes, pending }).toEqual({ shown: [3, 3], outcomes: ['completed'], pending: [0] });
  });

  it('throws when a pass failed, with the address of its workflow', async () => {
    [outcomes, pending] = [['failed'], [0]];
    await expect(untilRead()).rejects.toThrow('The full pass over square failed. See its workflow: http://temporal/run');
  });
});
