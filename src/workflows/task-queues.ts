/** One queue for workflows and our own store, one for what subscribers are sent, one for the calls to each provider. */
export interface TaskQueues {
  main: string;
  delivery: string;
  provider(id: string): string;
}

/** Everything that shares a prefix shares work; tests and benchmarks use one of their own. */
export function taskQueues(prefix: string): TaskQueues {
  return { main: prefix, delivery: `${prefix}-delivery`, provider: (id) => `${prefix}-${id}` };
}
