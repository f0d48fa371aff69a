import type { RetryRule } from '#sandbox/core/deliveries.ts';
import type { GoHighLevelSettings } from '#sandbox/gohighlevel/settings.ts';

const minuteMs = 60_000;

/**
 * HighLevel docs (Webhook Integration Guide 2025-10, help "Automated Webhook Retries"): only a 429 is retried, 6 times, every 10 minutes
 * plus jitter. Newer versions are said to retry every non-2xx and timeouts, up to 12 times, with growing delays.
 */
export function retryRule(settings: GoHighLevelSettings): RetryRule {
  const { webhookRetry, webhookRetryJitterMs, webhookRetryTimeScale } = settings;
  const jitterMs = () => Math.random() * webhookRetryJitterMs;
  return ({ status, attempt }) => {
    if (webhookRetry === '429-only') {
      if (status !== 429 || attempt > 6) return null;
      return (10 * minuteMs + jitterMs()) / webhookRetryTimeScale;
    }
    if (attempt > 12) return null;
    return (Math.min(60 * minuteMs, (minuteMs / 6) * 2 ** (attempt - 1)) + jitterMs()) / webhookRetryTimeScale;
  };
}
