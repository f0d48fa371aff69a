import type { Clock } from '#sandbox/core/clock.ts';
import type { Collection, Store } from '#sandbox/core/store.ts';
import type { Person } from '#sandbox/google/person/person.ts';

/** A person as sync sees it: the state after its last visible change. */
export interface Change {
  sequence: number;
  person: Person;
}

export interface ChangeFeed {
  append(person: Person): void;
  /** Removes every trace of a resource name. */
  forget(resourceName: string): void;
  /** The newest visible sequence. */
  head(): number;
  /** The last change of each person, the oldest first, deleted people included. */
  after(sequence: number): Change[];
}

interface Pending extends Change {
  visibleAt: number;
}

/** Google docs, "Read and Manage Contacts": sync requests may see writes only after several minutes. */
export function createChangeFeed(store: Store, clock: Clock, delayMs: () => number): ChangeFeed {
  const visible = store.collection<Change>('feed');
  const pending = store.collection<Pending>('feed-pending');
  const counters = store.collection<number>('counters');
  let inOrder: Change[] | null = null;
  let head = 0;
  for (const { sequence } of visible.values()) head = sequence;

  function nextSequence(): number {
    const next = (counters.get('feed') ?? 0) + 1;
    counters.put('feed', next);
    return next;
  }

  /** Deletes first, so that the collection keeps the order of the sequence. */
  function show({ sequence, person }: Change): void {
    visible.delete(person.resourceName);
    visible.put(person.resourceName, { sequence, person });
    head = sequence;
    inOrder = null;
  }

  /** Makes due changes visible in the order of the writes: a waiting one holds back those after it. */
  function settle(): void {
    for (const change of dueOf(pending, clock.now())) {
      store.transaction(() => {
        pending.delete(String(change.sequence));
        show(change);
      });
    }
  }

  return {
    append(person) {
      const change = { sequence: nextSequence(), person };
      if (delayMs() === 0 && pending.size === 0) show(change);
      else pending.put(String(change.sequence), { ...change, visibleAt: clock.now() + delayMs() });
    },
    forget(resourceName) {
      visible.delete(resourceName);
      inOrder = null;
      for (const { sequence, person } of [...pending.values()]) {
        if (person.resourceName === resourceName) pending.delete(String(sequence));
      }
    },
    head() {
      settle();
      return head;
    },
    after(sequence) {
      settle();
      inOrder ??= [...visible.values()];
      return inOrder.slice(indexAfter(inOrder, sequence));
    },
  };
}

function dueOf(pending: Collection<Pending>, now: number): Pending[] {
  const due: Pending[] = [];
  for (const change of pending.values()) {
    if (change.visibleAt > now) break;
    due.push(change);
  }
  return due;
}

function indexAfter(changes: readonly Change[], sequence: number): number {
  let [low, high] = [0, changes.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const change = changes[middle];
    if (change && change.sequence <= sequence) low = middle + 1;
    else high = middle;
  }
  return low;
}
