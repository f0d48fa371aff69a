import type { RetryRule } from '#sandbox/core/deliveries.ts';
import type { SquareSettings } from '#sandbox/square/settings.ts';

const minuteMs = 60_000;
/** Square docs (webhooks overview): 11 retries in 24 hours, then the event is dropped. Older pages with 72 hours are outdated. */
const gapsInMinutes = [1, 2, 4, 8, 16, 32, 60, 120, 240, 480, 480];

/** Square docs (webhooks overview; step 2): a retry follows anything but a 2xx within 10 s. Headers hold its number and reason. */
export function retryRule({ webhookRetryTimeScale }: SquareSettings): RetryRule {
  return ({ status, error = '', attempt }) => {
    const minutes = gapsInMinutes[attempt - 1];
    if (minutes === undefined) return null;
    const headers = { 'square-retry-number': String(attempt), 'square-retry-reason': reasonOf(status, error) };
    return { delayMs: (minutes * minuteMs) / webhookRetryTimeScale, headers };
  };
}

function reasonOf(status: number | null, error: string): string {
  if (status !== null) return 'http_error';
  if (/timeout/i.test(error)) return 'http_timeout';
  return /ssl|tls|certificate/i.test(error) ? 'ssl_error' : 'other_error';
}
