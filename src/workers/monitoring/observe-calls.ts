import type { Logger } from 'pino';
import type { CallObserver } from '#providers/http-call.ts';
import { findTrace, type Tracing } from '#tracing/tracing.ts';
import type { SyncMetrics } from './worker-metrics.ts';

export interface CallListeners {
  tracing: Tracing;
  log: Pick<Logger, 'debug'>;
  metrics: SyncMetrics | null;
}

/** Counts, traces and logs the requests to an account. */
export function observeCalls(account: string, { tracing, log, metrics }: CallListeners): CallObserver {
  const counter = metrics?.observerOf(account);
  return {
    waited: (seconds) => counter?.waited(seconds),
    begin(call) {
      const { operation } = call;
      const startedAt = performance.now();
      const count = counter?.begin(call);
      const step = tracing.begin(
        {
          name: `${account}: ${operation}`,
          kind: 'client',
          attributes: { 'accord.account': account, 'accord.operation': operation },
        },
        findTrace(),
      );
      return (status) => {
        count?.(status);
        const attributes = status === null ? { 'error.type': 'no response' } : { 'http.response.status_code': status };
        step.end({ isFailed: status === null || status >= 400, attributes });
        log.debug({ account, operation, status, ms: Math.round(performance.now() - startedAt) }, 'Request to a vendor ended');
      };
    },
  };
}
