import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Database } from './database.ts';

/** The type of `providers/rate-share.ts`, which this layer may not import. */
interface RateShare {
  /** Null until the other workers know of this one. */
  readonly workers: number | null;
  subscribe(listener: () => void): void;
}

export interface WorkerLeases {
  /** The share of a provider's rate. */
  shareOf(provider: string): RateShare;
  /** Gives the shares to the other workers. */
  close(): Promise<void>;
}

export interface LeaseOptions {
  /** The providers that this process calls. */
  providers: readonly string[];
  timing?: LeaseTiming;
}

export interface LeaseTiming {
  renewMs: number;
  /** A worker that has not renewed its lease for so long is gone. */
  leaseMs: number;
  /** A new worker waits no longer for the others to renew: one that does not is stopped or dead. */
  patienceMs: number;
}

/** Below a vendor's window of ten seconds, and above a pause of garbage collection. */
const defaultTiming: LeaseTiming = { renewMs: 1_000, leaseMs: 5_000, patienceMs: 2_500 };

/** Longer than a statement takes to commit: two that run at once do not see each other. */
const commitMs = 200;

/**
 * Enters this process among the workers that call the given providers, and counts them, in one statement per second, whatever the
 * number of calls. Each worker takes an equal part of a provider's rate. A new one makes no call until the others have seen its lease.
 */
export function openWorkerLeases(db: Database, { providers, timing = defaultTiming }: LeaseOptions): WorkerLeases {
  const workerId = randomUUID();
  const shares = new Map(providers.map((provider) => [provider, new Share()]));
  const closing = new AbortController();

  async function keep(): Promise<void> {
    for (let waitMs = 2 * commitMs; !closing.signal.aborted; waitMs = timing.renewMs) {
      // While the database is down no activity runs, and the last count holds.
      const counts = await renew(db, workerId, providers, timing).catch(() => []);
      for (const { provider, workers } of counts) shares.get(provider)?.set(workers);
      await delay(waitMs, undefined, { signal: closing.signal }).catch(() => {});
    }
  }

  const kept = providers.length > 0 ? keep() : Promise.resolve();
  return {
    shareOf: (provider) => shares.get(provider) ?? new Share(1),
    async close() {
      closing.abort();
      await kept;
      await db
        .deleteFrom('worker_lease')
        .where('worker_id', '=', workerId)
        .execute()
        .catch(() => {});
    },
  };
}

class Share implements RateShare {
  workers: number | null;
  readonly #listeners: (() => void)[] = [];

  constructor(workers: number | null = null) {
    this.workers = workers;
  }

  subscribe(listener: () => void): void {
    this.#listeners.push(listener);
  }

  set(workers: number | null): void {
    if (workers === this.workers) return;
    this.workers = workers;
    for (const listener of this.#listeners) listener();
  }
}

interface Count {
  provider: string;
  workers: number | null;
}

/**
 * Renews this worker's leases and counts the live ones. `workers` is null until each other worker has renewed its lease, and with that
 * counted, after this one joined. Two that join at once do not see each other in their first statement, so that one never grants a share.
 */
async function renew(db: Database, workerId: string, providers: readonly string[], timing: LeaseTiming): Promise<Count[]> {
  const inMs = (ms: number) => sql`make_interval(secs => ${ms / 1_000}::double precision)`;
  const { rows } = await sql<Count>`
    with gone as (
      delete from worker_lease where until < now()
    ), mine as (
      insert into worker_lease (provider, worker_id, renewed_at, until)
      select provider, ${workerId}::uuid, now(), now() + ${inMs(timing.leaseMs)}
      from unnest(${providers}::text[]) as provider
      on conflict (provider, worker_id) do update set renewed_at = now(), until = excluded.until
      returning provider, joined_at, renewed_at
    )
    select mine.provider, case
      when mine.joined_at < now() - ${inMs(timing.patienceMs)} then 1 + count(other.worker_id)::int
      when mine.joined_at = mine.renewed_at then null
      when coalesce(bool_and(other.renewed_at > mine.joined_at + ${inMs(commitMs)}), true) then 1 + count(other.worker_id)::int
    end as workers
    from mine
    left join worker_lease other
      on other.provider = mine.provider and other.worker_id <> ${workerId}::uuid and other.until >= now()
    group by mine.provider, mine.joined_at, mine.renewed_at
  `.execute(db);
  return rows;
}
