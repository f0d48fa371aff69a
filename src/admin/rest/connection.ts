import { useSyncExternalStore } from 'react';

type State = 'fine' | 'unreachable' | 'signed-out';

interface Connection {
  state: State;
  /** Why Accord does not answer. */
  because: string;
}

const listeners = new Set<() => void>();
let current: Connection = { state: 'fine', because: '' };

function change(next: Connection): void {
  current = next;
  for (const listener of listeners) listener();
}

/** Whether Accord answers, and knows the session. Requests set it; the shell shows it. */
export const connection = {
  set(state: State, because = ''): void {
    // Answers that were on their way when the session ended change nothing.
    if (current.state !== state && current.state !== 'signed-out') change({ state, because });
  },
  signedIn: () => change({ state: 'fine', because: '' }),
};

/** The state of the connection, for components. */
export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
