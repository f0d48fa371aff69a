import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

/** A step on the way of a change, such as a request or an activity. */
export interface Step {
  name: string;
  kind: 'server' | 'producer' | 'consumer' | 'client';
  /** Ids and names of ours. Never an id of a vendor's record, a URL, a message, or anything of a person. */
  attributes?: Attributes;
}

export type Attributes = Record<string, string | number>;

/** A step under way. */
export interface RunningStep {
  /** The W3C trace context, `00-<trace id>-<span id>-<flags>`, for the steps that follow. */
  traceparent: string;
  end(result?: { isFailed?: boolean; name?: string; attributes?: Attributes }): void;
}

export interface Tracing {
  /** `parent`: the trace context of the step before; null for the first one. */
  begin(step: Step, parent: string | null): RunningStep;
  close(): Promise<void>;
}

/** Records nothing. Trace ids tie log lines together all the same. */
export const untraced: Tracing = {
  begin: (_step, parent) => ({ traceparent: parent ?? newTraceparent(), end() {} }),
  async close() {},
};

/** With the flag for recording: a worker that records goes on with a trace that an api without a collector began. */
function newTraceparent(): string {
  const random = randomBytes(24).toString('hex');
  return `00-${random.slice(0, 32)}-${random.slice(32)}-01`;
}

const current = new AsyncLocalStorage<string>();

/** The trace context of the work that calls this; null outside of any. */
export const findTrace = (): string | null => current.getStore() ?? null;

/** The field of log lines by which the lines about one change are found, in the api and in the worker. */
export const toTraceFacts = (traceparent: string | null): { traceId?: string } =>
  traceparent === null ? {} : { traceId: traceparent.slice(3, 35) };

/** Runs `work` as a step after `parent`. */
export async function inStep<Result>(
  tracing: Tracing,
  step: Step,
  parent: string | null,
  work: (traceparent: string) => Promise<Result>,
): Promise<Result> {
  const running = tracing.begin(step, parent);
  try {
    const result = await current.run(running.traceparent, () => work(running.traceparent));
    running.end();
    return result;
  } catch (error) {
    running.end({ isFailed: true, attributes: { 'error.type': typeOf(error) } });
    throw error;
  }
}

/** Runs `work`, which ends the step itself. */
export function withStep(running: RunningStep, work: () => void): void {
  current.run(running.traceparent, work);
}

/** The class of an error. Its message may quote a value. */
function typeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return 'type' in error && typeof error.type === 'string' ? error.type : error.name;
}
