import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { z } from 'zod';
import { findTrace, inStep, type Tracing, toTraceFacts } from '#tracing/tracing.ts';

/** The part of an activity's input that says which change it works on. */
const inputSchema = z.object({ arrival: z.object({ traceparent: z.string() }) });

/**
 * Makes each activity a step of the trace of its change, and puts the trace id into Temporal's log lines about it. The trace comes with
 * the input, because a contact's workflow may be older than the change that it works on.
 */
export function traceActivities(tracing: Tracing): ActivityInterceptorsFactory {
  return ({ info }) => {
    let traceparent: string | null = null;
    return {
      inbound: {
        execute(input, next) {
          const parent = inputSchema.safeParse(input.args[0]).data?.arrival.traceparent ?? null;
          const attributes = {
            'temporal.activity.id': info.activityId,
            'temporal.activity.attempt': info.attempt,
            'temporal.workflow.type': info.workflowType ?? '',
            'temporal.workflow.id': info.workflowExecution?.workflowId ?? '',
            'temporal.workflow.run_id': info.workflowExecution?.runId ?? '',
          };
          return inStep(tracing, { name: info.activityType, kind: 'consumer', attributes }, parent, (own) => {
            traceparent = own;
            return next(input);
          });
        },
      },
      outbound: {
        getLogAttributes: (attributes, next) => next({ ...attributes, ...toTraceFacts(traceparent ?? findTrace()) }),
      },
    };
  };
}
