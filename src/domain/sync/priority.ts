/** Priorities of tasks in the task queues and in the rate limiter, from 1 (first) to 5. */
export const priorities = { live: 2, poll: 3, bulk: 5 } as const;
export type Priority = (typeof priorities)[keyof typeof priorities];
