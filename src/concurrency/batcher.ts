export interface BatcherOptions<Item> {
  /** Processes one batch and handles its own errors: it never rejects. */
  run(batch: Item[]): Promise<void>;
  /** Default: no limit. */
  maxItems?: number;
  /** Batches in flight at a time. Items that arrive meanwhile fill the next one. Default: no limit. */
  maxBatches?: number;
  /** How long the first item of a batch waits for others. Default: until the end of this turn of the event loop. */
  gatherMs?: number;
  /** Each further item starts `gatherMs` anew. Default: no. */
  isDebounced?: boolean;
}

export interface Batcher<Item> {
  add(item: Item): void;
  /** Starts the waiting items at once, within `maxBatches`. Resolves when the batches in flight have ended. */
  flush(): Promise<void>;
}

/** Processes items together that arrive close to each other. Timers do not keep the process alive: call `flush` before it exits. */
export function createBatcher<Item>({
  run,
  maxItems = Number.POSITIVE_INFINITY,
  maxBatches = Number.POSITIVE_INFINITY,
  gatherMs = 0,
  isDebounced = false,
}: BatcherOptions<Item>): Batcher<Item> {
  let waiting: Item[] = [];
  let cancelStart: (() => void) | null = null;
  const inFlight = new Set<Promise<void>>();

  function add(item: Item): void {
    waiting.push(item);
    if (gatherMs > 0 && waiting.length >= maxItems) start();
    else if (cancelStart === null || isDebounced) startLater();
  }

  function startLater(): void {
    cancelStart?.();
    cancelStart = after(gatherMs, start);
  }

  function start(): void {
    cancelStart?.();
    cancelStart = null;
    while (inFlight.size < maxBatches && waiting.length > 0) {
      const batch = waiting.slice(0, maxItems);
      waiting = waiting.slice(maxItems);
      const running = run(batch).finally(() => {
        inFlight.delete(running);
        // Items that are still gathering have their own timer.
        if (cancelStart === null) start();
      });
      inFlight.add(running);
    }
  }

  return {
    add,
    async flush() {
      start();
      await Promise.all(inFlight);
    },
  };
}

function after(ms: number, act: () => void): () => void {
  if (ms === 0) {
    const immediate = setImmediate(act);
    return () => clearImmediate(immediate);
  }
  const timer = setTimeout(act, ms).unref();
  return () => clearTimeout(timer);
}
