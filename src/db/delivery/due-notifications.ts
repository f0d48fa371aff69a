import pg from 'pg';

export interface DueNotifications {
  /** Whether calls are heard now; while they are not, whoever waits must look. */
  isListening(): boolean;
  close(): Promise<void>;
}

export interface ListenOptions {
  url: string;
  /** With the id of an endpoint that has something due; with null when calls may have been missed. */
  onDue(endpointId: string | null): void;
  onError(error: Error): void;
}

const firstWaitMs = 100;
const longestWaitMs = 5_000;

/** Listens on a connection of its own, and connects again whenever it breaks. */
export function listenForDue({ url, onDue, onError }: ListenOptions): DueNotifications {
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | undefined;
  let waitMs = firstWaitMs;
  let isListening = false;
  let isClosed = false;

  async function connect(): Promise<void> {
    const connecting = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000, keepAlive: true });
    client = connecting;
    let isOver = false;
    const again = (error?: Error) => {
      if (isOver) return;
      isOver = true;
      isListening = false;
      if (isClosed) return;
      if (error) onError(error);
      connecting.end().catch(() => {});
      timer = setTimeout(() => void connect(), waitMs);
      waitMs = Math.min(waitMs * 2, longestWaitMs);
    };
    connecting.on('error', again).on('end', () => again());
    connecting.on('notification', ({ payload }) => onDue(payload || null));
    try {
      await connecting.connect();
      await connecting.query('listen webhook_due');
      isListening = true;
      waitMs = firstWaitMs;
      onDue(null);
    } catch (error) {
      again(error as Error);
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
