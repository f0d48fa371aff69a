import pg from 'pg';

export interface Notifications {
  /** Whether notifications arrive. While they do not, callers must poll. */
  isListening(): boolean;
  close(): Promise<void>;
}

export interface ListenOptions {
  url: string;
  /** Of PostgreSQL's NOTIFY: an identifier in lower case. */
  channel: string;
  /** Gets the payload, or null after notifications may have been missed: also right after the start. */
  onMessage(payload: string | null): void;
  onError(error: Error): void;
}

const firstRetryMs = 100;
const maxRetryMs = 5_000;

/** Listens on a connection of its own, and reconnects whenever it breaks. */
export function listen({ url, channel, onMessage, onError }: ListenOptions): Notifications {
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | undefined;
  let waitMs = firstRetryMs;
  let isListening = false;
  let isClosed = false;

  async function connect(): Promise<void> {
    const connecting = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000, keepAlive: true });
    client = connecting;
    let isOver = false;
    const reconnect = (error?: unknown) => {
      if (isOver) return;
      isOver = true;
      isListening = false;
      if (isClosed) return;
      if (error) onError(error instanceof Error ? error : new Error(String(error)));
      connecting.end().catch(() => {});
      timer = setTimeout(() => void connect(), waitMs);
      waitMs = Math.min(waitMs * 2, maxRetryMs);
    };
    connecting.on('error', reconnect).on('end', () => reconnect());
    connecting.on('notification', ({ payload }) => onMessage(payload || null));
    try {
      await connecting.connect();
      await connecting.query(`listen ${connecting.escapeIdentifier(channel)}`);
      isListening = true;
      waitMs = firstRetryMs;
      onMessage(null);
    } catch (error) {
      reconnect(error);
    }
  }

  void connect();
  return {
    isListening: () => isListening,
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await client?.end().catch(() => {});
    },
  };
}
