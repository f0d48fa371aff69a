import { proxyActivities } from '@temporalio/workflow';
import type { ConfirmationResult, ProviderActivities } from '#activities/index.ts';
import { taskQueues } from '#workflows/task-queues.ts';

/** The input of `sendConfirmation`. */
export interface SendConfirmationInput {
  submissionId: string;
  taskQueuePrefix: string;
}

/** Sends the confirmation link of one form submission, and tries again while the mail server is down. The activity decides when to stop. */
export function sendConfirmation({ submissionId, taskQueuePrefix }: SendConfirmationInput): Promise<ConfirmationResult> {
  const activities = proxyActivities<Pick<ProviderActivities, 'sendConfirmation'>>({
    taskQueue: taskQueues(taskQueuePrefix).provider('webform'),
    startToCloseTimeout: '1 minute',
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '15 minutes' },
  });
  return activities.sendConfirmation({ submissionId });
}
