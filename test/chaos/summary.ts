import type { Crowd } from './crowd.ts';
import type { Played } from './play.ts';
import type { Settled } from './settle.ts';
import type { Subscriber } from './subscriber.ts';

export interface Summarized {
  crowd: Crowd;
  played: Played;
  settled: Settled;
  subscribers: readonly Subscriber[];
}

/** What the run did, and how Accord took it. */
export function showSummary({ crowd, played, settled, subscribers }: Summarized, say: (line: string) => void): void {
  const received = subscribers.flatMap((each) => each.received);
  const accepted = received.filter(({ isAccepted }) => isAccepted).map(({ deliveryId }) => deliveryId);
  say(`${crowd.people.length} people; ${tell(crowd.done)}`);
  say(`kills: ${tell(played.kills)}`);
  say(`faults of vendors: ${tell(played.faults)}`);
  say(`${received.length} deliveries received, ${accepted.length - new Set(accepted).size} accepted more than once`);
  say(`nothing open after ${Math.round(settled.ms / 1_000)} s`);
  for (const each of settled.retried) say(`retried by hand: ${each}`);
}

function tell(counts: ReadonlyMap<string, number>): string {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const each = [...counts].toSorted(([one], [other]) => one.localeCompare(other)).map(([kind, count]) => `${count} ${kind}`);
  return `${total} (${each.join(', ')})`;
}
