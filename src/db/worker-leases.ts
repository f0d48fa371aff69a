import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Database } from './database.ts';

/** The type of `providers/rate-share.ts`, which this layer may not import. */
interface RateShare {
  /** Null until the other workers know of this one. */
  readonly workers: number | null;
  subscribe(listener: () => void): void;
  observe(read: () => RateUsage): void;
}

/** The type of `providers/rate-share.ts`, too. */
interface RateUsage {
  perSecond: number;
  started: number;
  waiting: number;
  pausedSeconds: number;
}

export interface WorkerLeases {
  /** The share of a provider's rate. */
  shareOf(provider: string): RateShare;
  /** Notes that a call has worked, for the other processes to see. */
  noteSuccess(provider: string): void;
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
      const usage = [...shares].map(([provider, share]) => ({ provider, ...share.sample() }));
      const counts = await renew(db, workerId, usage, timing).catch(() => []);
      for (const { provider, workers } of counts) shares.get(provider)?.set(workers);
      await delay(waitMs, undefined, { signal: closing.signal }).catch(() => {});
    }
  }

  const kept = providers.length > 0 ? keep() : Promise.resolve();
  return {
    shareOf: (provider) => shares.get(provider) ?? new Share(1),
    noteSuccess: (provider) => shares.get(provider)?.noteSuccess(),
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
  readonly #readers: (() => RateUsage)[] = [];
  #samples: { at: number; started: number }[] = [];
  #lastSuccessAt: Date | null = null;

  constructor(workers: number | null = null) {
    this.workers = workers;
  }

  subscribe(listener: () => void): void {
    this.#listeners.push(listener);
  }

  observe(read: () => RateUsage): void {
    this.#readers.push(read);
  }

  noteSuccess(): void {
    this.#lastSuccessAt = new Date();
  }

  /** The use of the share now. Its calls per second are those of the last seconds: one second alone says little. */
  sample(): Usage {
    const usages = this.#readers.map((read) => read());
    const sum = (name: 'started' | 'waiting' | 'perSecond') => usages.reduce((total, usage) => total + usage[name], 0);
    this.#samples = [...this.#samples.slice(1 - maxSamples), { at: performance.now(), started: sum('started') }];
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    const seconds = first && last ? (last.at - first.at) / 1_000 : 0;
    return {
      perSecond: usages.length === 0 ? null : sum('perSecond'),
      usedPerSecond: first && last && seconds > 0 ? (last.started - first.started) / seconds : 0,
      waiting: sum('waiting'),
      pausedSeconds: Math.max(0, ...usages.map(({ pausedSeconds }) => pausedSeconds)),
      lastSuccessAt: this.#lastSuccessAt,
    };
  }

  set(workers: number | null): void {
    if (workers === this.workers) return;
    this.workers = workers;
    for (const listener of this.#listeners) listener();
  }
}

/** Samples are taken once a second. */
const maxSamples = 10;

interface Usage {
  /** Null before the account is connected. */
  perSecond: number | null;
  usedPerSecond: number;
  waiting: number;
  pausedSeconds: number;
  lastSuccessAt: Date | null;
}

interface Count {
  provider: string;
  workers: number | null;
}

/**
 * Renews this worker's leases and counts the live ones. `workers` is null until each other worker has renewed its lease, and with that
 * counted, after this one joined. Two that join at once do not see each other in their first statement, so that one never grants a share.
 */
async function renew(
  db: Database,
  workerId: string,
  usage: readonly (Usage & { provider: string })[],
  timing: LeaseTiming,
): Promise<Count[]> {
  const inMs = (ms: number) => sql`make_interval(secs => ${ms / 1_000}::double precision)`;
  const { rows } = await sql<Count>`
    with gone as (
      delete from worker_lease where until < now()
    ), mine as (
      insert into worker_lease
        (provider, worker_id, renewed_at, until, per_second, used_per_second, waiting, paused_until, last_success_at)
      select provider, ${workerId}::uuid, now(), now() + ${inMs(timing.leaseMs)}, "perSecond", "usedPerSecond", waiting,
        now() + make_interval(secs => "pausedSeconds"), "lastSuccessAt"
      from jsonb_to_recordset(${JSON.stringify(usage)}::jsonb) as used(provider text, "perSecond" double precision,
        "usedPerSecond" double precision, waiting integer, "pausedSeconds" double precision, "lastSuccessAt" timestamptz)
      on conflict (provider, worker_id) do update set renewed_at = now(), until = excluded.until,
        per_second = excluded.per_second, used_per_second = excluded.used_per_second, waiting = excluded.waiting,
        paused_until = excluded.paused_until, last_success_at = coalesce(excluded.last_success_at, worker_lease.last_success_at)
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

/** How much of an account's rate all workers use. */
export interface AccountUsage {
  provider: string;
  perSecond: number;
  usedPerSecond: number;
  waiting: number;
  pausedSeconds: number;
  lastSuccessAt: Date | null;
}

/** Of the accounts that a worker calls now. */
export async function readUsage(db: Database): Promise<Map<string, AccountUsage>> {
  const { rows } = await sql<AccountUsage>`
    select provider, sum(per_second) as "perSecond", coalesce(sum(used_per_second), 0) as "usedPerSecond",
      coalesce(sum(waiting), 0)::int as waiting, max(last_success_at) as "lastSuccessAt",
      greatest(0, extract(epoch from max(paused_until) - now()))::double precision as "pausedSeconds"
    from worker_lease where until >= now() and per_second is not null group by provider`.execute(db);
  return new Map(rows.map((row) => [row.provider, row]));
}
