import { Client } from 'undici';
import type { AddressGuard } from './address-guard.ts';
import { createOpenConnection, type OpenConnection, type Opening } from './open-connection.ts';

/** A socket with one request at a time, so that its timings belong to that request. */
export interface Connection {
  readonly client: Client;
  readonly origin: string;
  readonly createdAt: number;
  /** Null before its first request. */
  opening: Opening | null;
  /** Whether it was open before the current request. */
  isReused: boolean;
}

export interface Connections {
  /** An idle connection, or a new one that opens with its first request. */
  take(origin: string): Connection;
  /** A new connection, though others may be idle. */
  open(origin: string): Connection;
  /** Keeps it for the next request, after a complete response. */
  keep(connection: Connection): void;
  /** Destroys it, after anything else. */
  drop(connection: Connection): void;
}

/** An open connection is not resolved and checked again, while names change their addresses. */
const maxAgeMs = 5 * 60_000;

/** One socket per concurrent request. Idle ones close after 4 s, or when their server says so. */
export function createConnections(guard: AddressGuard): Connections {
  const idle = new Map<string, Connection[]>();
  const open = createOpenConnection(guard);

  function drop(connection: Connection): void {
    const others = idle.get(connection.origin)?.filter((other) => other !== connection) ?? [];
    if (others.length > 0) idle.set(connection.origin, others);
    else idle.delete(connection.origin);
    // Until a socket is connected, the client does not own it.
    connection.opening?.socket.destroy();
    void connection.client.destroy();
  }

  function create(origin: string): Connection {
    const connection = createConnection(origin, open);
    // The peer closed an idle connection. A connection in use fails its request, or reopens if nothing was sent yet.
    connection.client.on('disconnect', () => {
      if (idle.get(origin)?.includes(connection)) drop(connection);
    });
    return connection;
  }

  return {
    take(origin) {
      // The newest, so that the others can time out.
      const found = idle.get(origin)?.pop();
      if (found) found.isReused = true;
      return found ?? create(origin);
    },
    open: create,
    keep(connection) {
      const isOld = performance.now() - connection.createdAt > maxAgeMs;
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
  // These limit silence only, and a slow sender evades them. The request has a timeout of its own.
  ...{ headersTimeout: 0, bodyTimeout: 0 },
  keepAliveMaxTimeout: 60_000,
};
