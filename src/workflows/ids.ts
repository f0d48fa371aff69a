/** Workflow ids are plain text in the Web UI, logs and metrics: opaque ids only, never an email or a phone number. */

export const contactWorkflowId = (contactId: string): string => `contact/${contactId}`;

/** One pass at a time per provider: a second start while one runs is told of the first. What shares queues shares passes. */
export const reconcileWorkflowId = (taskQueuePrefix: string, provider: string): string =>
  `${taskQueuePrefix}/reconcile/${provider}`;

export const reconcileScheduleId = (taskQueuePrefix: string, provider: string): string =>
  `${taskQueuePrefix}-reconcile-${provider}`;

/** One poll at a time per provider, for the same reason. */
export const pollWorkflowId = (taskQueuePrefix: string, provider: string): string => `${taskQueuePrefix}/poll/${provider}`;

export const pollScheduleId = (taskQueuePrefix: string, provider: string): string => `${taskQueuePrefix}-poll-${provider}`;

/** One at a time per subscriber's endpoint: whatever is due to it goes through here. */
export const deliverWorkflowId = (endpointId: string): string => `hook/${endpointId}`;

/** One per order to send dead deliveries again. */
export const redriveWorkflowId = (redriveId: string): string => `redrive/${redriveId}`;

/** What was sent too long ago is removed once a night. */
export const pruneWorkflowId = (taskQueuePrefix: string): string => `${taskQueuePrefix}/prune`;

export const pruneScheduleId = (taskQueuePrefix: string): string => `${taskQueuePrefix}-prune`;
