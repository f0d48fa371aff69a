import { Client } from 'undici';
import type { AddressGuard } from './address-guard.ts';
import { createOpenConnection, type OpenConnection, type Opening } from './open-connection.ts';

/** One socket that serves one request at a time, so that it is known what a request went over. */
export interface Connection {
  readonly client: Client;
  readonly origin: string;
  readonly createdAt: number;
  /** Null before its first request. */
  opening: Opening | null;
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
    connection.opening?.socket.destroy();
    void connection.client.destroy();
  }

  function create(origin: string): Connection {
    const connection = createConnection(origin, open);
    // Closed by the other side while nobody used it. In use, its request fails, or opens it anew if it was not sent yet.
    connection.client.on('disconnect', () => {
      if (idle.get(origin)?.includes(connection)) drop(connection);
    });
    return connection;
  }

  return {
    take(origin) {
      // The newest, so that the others may close for want of use.
      const found = idle.get(origin)?.pop();
      if (found) found.isReused = true;
      return found ?? create(origin);
    },
    keep(connection) {
      const isOld = performance.now() - connection.createdAt > longestLifeMs;
      if (isOld || !connection.client.stats.connected) return drop(connection);
      const others = idle.get(connection.origin);
      if (others) others.push(connection);
      else idle.set(connection.origin, [connection]);
    },
    drop,
  };
}

function createConnection(origin: string, open: OpenConnection): Connection {
  const connect = open((opening) => {
    connection.opening = opening;
    connection.isReused = false;
  });
  const client = new Client(origin, { ...clientOptions, connect });
  const connection: Connection = { client, origin, opening: null, createdAt: performance.now(), isReused: false };
  return connection;
}

const clientOptions = {
  // These only watch for silence, which a byte now and then breaks; the request has a deadline.
  ...{ headersTimeout: 0, bodyTimeout: 0 },
  keepAliveMaxTimeout: 60_000,
};
