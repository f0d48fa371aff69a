import { setTimeout as delay } from 'node:timers/promises';
import type { Crowd } from './crowd.ts';
import { killPart } from './kill-part.ts';
import type { Schedule } from './schedule.ts';
import type { Subscriber } from './subscriber.ts';
import type { Trial } from './trial.ts';
import { addFault } from './vendor-faults.ts';

/** What happened, by kind. */
export interface Played {
  kills: Map<string, number>;
  faults: Map<string, number>;
}

interface Players {
  trial: Trial;
  crowd: Crowd;
  subscribers: readonly Subscriber[];
}

const pollEveryMs = 3_000;

/** Plays a schedule to its end. Each kind of events has its own clock: one that takes longer delays no other. */
export async function play({ acts, kills, faults }: Schedule, { trial, crowd, subscribers }: Players): Promise<Played> {
  const played: Played = { kills: new Map(), faults: new Map() };
  const killing: Promise<void>[] = [];
  const over = new AbortController();
  const polling = pollUntil(trial, over.signal);
  const [down] = subscribers;
  await Promise.all([
    inTime(acts, (act) => crowd.play(act)),
    inTime(kills, async (kill) => {
      // Not awaited yet: a part may end while another one is frozen. Nor may a failure be unhandled until then: that would end this process
      // and leave the stack running.
      const killed = killPart(trial.stack, kill);
      killed.catch(() => {});
      killing.push(killed);
      count(played.kills, `${kill.part} ${kill.how}`);
      // The subscriber is down from one kill to the next, now and then.
      if (down) down.mood = played.kills.size % 3 === 2 ? 'down' : 'moody';
    }),
    inTime(faults, async (fault) => {
      await addFault(fault, trial.stack.sandboxes);
      count(played.faults, fault.kind);
    }),
  ]);
  over.abort();
  await Promise.all([polling, ...killing]);
  return played;
}

async function inTime<What extends { atMs: number }>(steps: readonly What[], take: (step: What) => Promise<void>): Promise<void> {
  const startedAt = Date.now();
  for (const step of steps) {
    await delay(Math.max(0, startedAt + step.atMs - Date.now()));
    await take(step);
  }
}

/** More often than by the schedules, of which the shortest is a minute. An api that does not run is asked again. */
async function pollUntil({ stack: { api, apiKey } }: Trial, signal: AbortSignal): Promise<void> {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  while (!signal.aborted) {
    await delay(pollEveryMs, undefined, { signal }).catch(() => {});
    await fetch(`${api}/sync/poll`, { method: 'POST', headers, body: '{}', signal: AbortSignal.timeout(5_000) }).catch(() => {});
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
