/** Priority of a task in the task queues and in the rate limiter: 1 to 5, smaller goes first. */
export const priorities = { live: 2, poll: 3, bulk: 5 } as const;
export type Priority = (typeof priorities)[keyof typeof priorities];
