import type { ConfirmationResult, ProviderActivities } from '#activities/interfaces.ts';
import { describedActivities } from '#workflows/described-activities.ts';
import { taskQueues } from '#workflows/task-queues.ts';

/** The input of `sendConfirmation`. */
export interface SendConfirmationInput {
  submissionId: string;
  taskQueuePrefix: string;
}

/** Sends the confirmation link of one form submission, and tries again while the mail server is down. The activity decides when to stop. */
export function sendConfirmation({ submissionId, taskQueuePrefix }: SendConfirmationInput): Promise<ConfirmationResult> {
  const activities = describedActivities<Pick<ProviderActivities, 'sendConfirmation'>>(
    {
      taskQueue: taskQueues(taskQueuePrefix).provider('webform'),
      startToCloseTimeout: '1 minute',
      retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '15 minutes' },
    },
    { sendConfirmation: 'Web forms: email the confirmation link' },
  );
  return activities.sendConfirmation({ submissionId });
}
