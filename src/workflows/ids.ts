// Workflow and schedule ids appear in the Web UI, logs and metrics: they hold opaque ids only, never an email or a phone number.

/** The one workflow of a contact. */
export const contactWorkflowId = (contactId: string): string => `contact/${contactId}`;

/** Allows one full pass at a time per provider and task queue prefix: a second start fails while one runs. */
export const reconcileWorkflowId = (taskQueuePrefix: string, provider: string): string =>
  `${taskQueuePrefix}/reconcile/${provider}`;

/** Allows one go-live at a time per account. */
export const goLiveWorkflowId = (taskQueuePrefix: string, provider: string): string => `${taskQueuePrefix}/go-live/${provider}`;

/** Allows one undo at a time per account. */
export const undoGoLiveWorkflowId = (taskQueuePrefix: string, provider: string): string =>
  `${taskQueuePrefix}/go-live/${provider}/undo`;

/** The schedule of a provider's full passes. */
export const reconcileScheduleId = (taskQueuePrefix: string, provider: string): string =>
  `${taskQueuePrefix}-reconcile-${provider}`;

/** Allows one poll at a time per provider and task queue prefix. */
export const pollWorkflowId = (taskQueuePrefix: string, provider: string): string => `${taskQueuePrefix}/poll/${provider}`;

/** The schedule of a provider's polls. */
export const pollScheduleId = (taskQueuePrefix: string, provider: string): string => `${taskQueuePrefix}-poll-${provider}`;

/** The one workflow of an endpoint: it sends every delivery that is due there. */
export const deliverWorkflowId = (endpointId: string): string => `hook/${endpointId}`;

/** One workflow per redrive of dead letters. */
export const redriveWorkflowId = (redriveId: string): string => `redrive/${redriveId}`;

/** Sends the confirmation link of one form submission. */
export const confirmationWorkflowId = (submissionId: string): string => `confirmation/${submissionId}`;

/** Erases one person. */
export const erasureWorkflowId = (erasureId: string): string => `erasure/${erasureId}`;

/** Carries out the import of one file. */
export const importWorkflowId = (importId: string): string => `import/${importId}`;

/** The nightly removal of deliveries that are past their retention. */
export const pruneWorkflowId = (taskQueuePrefix: string): string => `${taskQueuePrefix}/prune`;

/** The schedule of the nightly removal. */
export const pruneScheduleId = (taskQueuePrefix: string): string => `${taskQueuePrefix}-prune`;

/** The search for problems that operators are told of. */
export const watchWorkflowId = (taskQueuePrefix: string): string => `${taskQueuePrefix}/incidents`;

/** The schedule of that search. */
export const watchScheduleId = (taskQueuePrefix: string): string => `${taskQueuePrefix}-incidents`;

/** The nightly comparison of all contacts with each other. */
export const reviewWorkflowId = (taskQueuePrefix: string): string => `${taskQueuePrefix}/review`;

/** The schedule of the nightly comparison. */
export const reviewScheduleId = (taskQueuePrefix: string): string => `${taskQueuePrefix}-review`;
