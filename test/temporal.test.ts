import { createServer, type Socket } from 'node:net';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { priorities } from '#domain/sync/priority.ts';
import { freePort } from '#free-port.ts';
import { signalContactChanged } from '#temporal.ts';
import { eventually } from '#test/setup/eventually.ts';

/** Of gRPC. */
const status = { DEADLINE_EXCEEDED: 4 };

describe('signalContactChanged, where no Temporal server answers', () => {
  const opened: Connection[] = [];
  afterAll(() => Promise.all(opened.map((connection) => connection.close())));

  /** What it says when it gives up. */
  async function announceTo(server: string): Promise<unknown> {
    const connection = Connection.lazy({ address: server });
    opened.push(connection);
    const options = {
      contactId: '0190b5d4-0000-7000-8000-000000000000',
      changed: { observe: [], push: ['calltools'], priority: priorities.live },
      taskQueuePrefix: 'none',
      deadlineMs: 300,
    };
    return signalContactChanged(new Client({ connection }), options).catch((error: unknown) => error);
  }

  it('gives up at its deadline when the port is closed', async () => {
    expect(await announceTo(`127.0.0.1:${await freePort()}`)).toMatchObject({ cause: { code: status.DEADLINE_EXCEEDED } });
  });

  it('gives up at its deadline when the port is open and silent', async () => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => sockets.add(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    expect(await announceTo(`127.0.0.1:${port}`)).toMatchObject({ cause: { code: status.DEADLINE_EXCEEDED } });
    await eventually(() => expect(sockets.size).toBeGreaterThan(0));
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });
});
