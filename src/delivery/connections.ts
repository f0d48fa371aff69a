import { Client } from 'undici';
import type { AddressGuard } from './address-guard.ts';
import { createOpenConnection, notOpened, type OpenConnection, type Opening } from './open-connection.ts';

/** One socket that serves one request at a time, so that it is known what a request went over. */
export interface Connection {
  readonly client: Client;
  readonly origin: string;
  readonly createdAt: number;
  readonly opening: Opening;
  /** Was it open before the request at hand? */
  isReused: boolean;
}

export interface Connections {
  /** An idle one, or a new one, which opens with its first request. */
  take(origin: string): Connection;
  /** After a whole answer: for the next request. */
  keep(connection: Connection): void;
  /** After anything else. */
  drop(connection: Connection): void;
}

/** A live connection is neither resolved nor checked again, and names change their addresses. */
const longestLifeMs = 5 * 60_000;

/** As many sockets as there are requests at a time; idle ones close after 4 s, or as soon as their server says. */
export function createConnections(guard: AddressGuard): Connections {
  const idle = new Map<string, Connection[]>();
  const open = createOpenConnection(guard);

  function drop(connection: Connection): void {
    const others = idle.get(connection.origin)?.filter((other) => other !== connection) ?? [];
    if (others.length > 0) idle.set(connection.origin, others);
    else idle.delete(connection.origin);
    // One that still waits for its peer is not the client's yet.
    connection.opening.socket?.destroy();
    void connection.client.destroy();
  }

  return {
    take(origin) {
      // The newest, so that the others may close for want of use.
      const found = idle.get(origin)?.pop();
      if (!found) return createConnection(origin, open, drop);
      found.isReused = true;
      return found;
    },
    keep(connection) {
      if (performance.now() - connection.createdAt > longestLifeMs) return drop(connection);
      if (connection.client.destroyed) return;
      const others = idle.get(connection.origin);
      if (others) others.push(connection);
      else idle.set(connection.origin, [connection]);
    },
    drop,
  };
}

function createConnection(origin: string, open: OpenConnection, drop: (connection: Connection) => void): Connection {
  const opening: Opening = { ...notOpened };
  const client = new Client(origin, {
    connect: open(opening),
    // These only watch for silence, which a byte now and then breaks; the request has a deadline.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveMaxTimeout: 60_000,
  });
  const connection = { client, origin, opening, createdAt: performance.now(), isReused: false };
  // Closed by the other side. A client would open another socket; we would no longer know what a request goes over.
  client.on('disconnect', () => drop(connection));
  return connection;
}
