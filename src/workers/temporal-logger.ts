import { DefaultLogger } from '@temporalio/worker';
import type { Logger } from 'pino';

/** Writes Temporal's log lines to the logger, with their metadata as fields. JSON has no bigint: those become strings. */
export function toTemporalLogger(logger: Logger): DefaultLogger {
  return new DefaultLogger('WARN', ({ level, message, meta }) => {
    if (message === ofActivityWorkers) return;
    const facts = Object.fromEntries(
      Object.entries(meta ?? {}).map(([key, value]) => [key, typeof value === 'bigint' ? String(value) : value]),
    );
    logger[logMethods[level]](facts, message);
  });
}

/** The queues of providers and deliveries have activities only. */
const ofActivityWorkers = 'No workflows registered, not polling for workflow tasks';

const logMethods = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;
