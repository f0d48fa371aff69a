import { repeat } from '#concurrency/repeat.ts';
import { type ChangeTopic, changeTopics, type Fingerprint, readFingerprint } from '#db/changes.ts';
import type { Database } from '#db/database.ts';

type Listener = (topics: readonly ChangeTopic[]) => void;

export interface ChangeFeed {
  /** Tells `listener` the topics that have changed, at most once a second. Returns a function that ends it. */
  listen(listener: Listener): () => void;
}

const everyMs = 1_000;

/** Looks for changes while somebody listens: one query a second, however many listen. */
export function createChangeFeed(db: Database, { everyMs: pauseMs = everyMs } = {}): ChangeFeed {
  const listeners = new Set<Listener>();
  let last: Fingerprint | null = null;
  let stop: (() => Promise<void>) | null = null;

  async function look(): Promise<void> {
    // While the database is down, pages ask by themselves and say that it is.
    const now = await readFingerprint(db).catch(() => null);
    if (now === null) return;
    const before = last;
    last = now;
    const changed = before === null ? [] : changeTopics.filter((topic) => now[topic] !== before[topic]);
    if (changed.length > 0) for (const listener of listeners) listener(changed);
  }

  return {
    listen(listener) {
      listeners.add(listener);
      stop ??= repeat(pauseMs, look);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        void stop?.();
        stop = null;
        // Changes without a listener are dropped: the next one reads everything anyway.
        last = null;
      };
    },
  };
}
