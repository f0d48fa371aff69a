/** `main` for workflows and database activities, `delivery` for deliveries, and one queue per provider for calls to it. */
export interface TaskQueues {
  main: string;
  delivery: string;
  provider(id: string): string;
}

/** Processes with one prefix share work; tests and benchmarks use prefixes of their own. */
export function taskQueues(prefix: string): TaskQueues {
  return { main: prefix, delivery: `${prefix}-delivery`, provider: (id) => `${prefix}-${id}` };
}
