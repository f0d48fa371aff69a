import { Agent } from 'undici';
import type { Clock } from './clock.ts';
import { type Outcome, post } from './post.ts';
import type { Store } from './store.ts';

/** One webhook for one target. The store keeps it until it is delivered or given up, so retries survive a restart. */
export interface Delivery {
  id: string;
  event: string;
  url: string;
  headers: Record<string, string>;
  body: string;
  /** Attempts made so far. */
  attempts: number;
  /** Milliseconds since 1970 on the sandbox's clock. */
  dueAt: number;
}

/** The outcome of one attempt. */
export interface Attempt {
  id: string;
  event: string;
  url: string;
  attempt: number;
  /** ISO 8601 on the sandbox's clock. */
  at: string;
  /** Null without an answer; `error` says why. */
  status: number | null;
  error?: string;
  /** ISO 8601; null when delivered or given up. */
  nextAttemptAt: string | null;
}

/** The vendor's retry schedule: milliseconds until the next attempt, or null to give up. `attempt` counts from 1. */
export type RetryRule = (failed: Outcome & { attempt: number }) => number | Retry | null;

/** For vendors that mark a retry, and its reason, in headers. */
export interface Retry {
  delayMs: number;
  headers: Record<string, string>;
}

export interface Deliveries {
  /** Stores a delivery and sends it when it is due. */
  enqueue(delivery: Delivery): void;
  /** Stores a delivery without sending it; `sendInTurn` does that. */
  hold(delivery: Delivery): void;
  /** Sends stored deliveries one after the other, so that they arrive in this order. */
  sendInTurn(deliveries: Delivery[]): void;
  pending(): Delivery[];
  /** The newest attempts, oldest first. */
  attempts(): Attempt[];
  /** Resolves when no request is in flight. */
  idle(): Promise<void>;
  forgetAttempts(): void;
  close(): Promise<void>;
}

/** No vendor documents its timeout. Ten seconds is a choice of the sandboxes. */
const answerTimeoutMs = 10_000;
const maxAttempts = 1_000;

/** Sends the webhooks of one sandbox. Starts with the deliveries that the store has from an earlier run. */
export function createDeliveries({ clock, store, retryRule }: { clock: Clock; store: Store; retryRule: RetryRule }): Deliveries {
  const deliveries = store.collection<Delivery>('webhook-deliveries');
  const agent = new Agent({ connections: 32, headersTimeout: answerTimeoutMs, bodyTimeout: answerTimeoutMs });
  const inFlight = new Set<Promise<void>>();
  let attempts: Attempt[] = [];
  let closed = false;

  function schedule(delivery: Delivery): void {
    if (delivery.dueAt > clock.now()) clock.at(delivery.dueAt, () => track(attempt(delivery)));
    else track(attempt(delivery));
  }

  function track(work: Promise<void>): void {
    const tracked = work.finally(() => inFlight.delete(tracked));
    inFlight.add(tracked);
  }

  async function attempt(delivery: Delivery): Promise<void> {
    const at = clock.isoNow();
    const outcome = await post(delivery, agent);
    // After a reset or a stop during the request the delivery no longer exists.
    if (closed || !deliveries.get(delivery.id)) return;
    const next = afterFailure(delivery, outcome);
    const nextAttemptAt = next && new Date(next.dueAt).toISOString();
    const { id, event, url } = delivery;
    remember({ id, event, url, attempt: delivery.attempts + 1, at, ...outcome, nextAttemptAt });
    if (!next) return deliveries.delete(id);
    deliveries.put(id, next);
    schedule(next);
  }

  function afterFailure(delivery: Delivery, outcome: Outcome): Delivery | null {
    if (outcome.status !== null && outcome.status >= 200 && outcome.status < 300) return null;
    const attempts = delivery.attempts + 1;
    const retry = retryRule({ ...outcome, attempt: attempts });
    if (retry === null) return null;
    const { delayMs, headers } = typeof retry === 'number' ? { delayMs: retry, headers: {} } : retry;
    return { ...delivery, headers: { ...delivery.headers, ...headers }, attempts, dueAt: clock.now() + delayMs };
  }

  function remember(attempt: Attempt): void {
    attempts.push(attempt);
    if (attempts.length >= 2 * maxAttempts) attempts = attempts.slice(-maxAttempts);
  }

  for (const delivery of deliveries.values()) schedule(delivery);

  return {
    enqueue(delivery) {
      deliveries.put(delivery.id, delivery);
      schedule(delivery);
    },
    hold: (delivery) => deliveries.put(delivery.id, delivery),
    sendInTurn(group) {
      track(
        (async () => {
          for (const delivery of group) await attempt(delivery);
        })(),
      );
    },
    pending: () => [...deliveries.values()],
    attempts: () => attempts.slice(-maxAttempts),
    async idle() {
      while (inFlight.size > 0) await Promise.all(inFlight);
    },
    forgetAttempts() {
      attempts = [];
    },
    async close() {
      closed = true;
      await agent.destroy();
    },
  };
}
