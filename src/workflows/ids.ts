/** Workflow ids are plain text in the Web UI, logs and metrics: opaque ids only, never an email or a phone number. */

export const contactWorkflowId = (contactId: string): string => `contact/${contactId}`;

/** One pass at a time per provider: a second start while one runs is told of the first. */
export const reconcileWorkflowId = (provider: string): string => `reconcile/${provider}`;

export const reconcileScheduleId = (provider: string): string => `reconcile-${provider}`;
