import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { DrainResult } from '#activities/delivery/drain-endpoint.ts';
import type { Listing } from '#activities/interfaces.ts';
import { inlineCode } from '#workflows/inline-code.ts';
import { searchAttributes } from '#workflows/search-attributes.ts';

/** Shows the state of an endpoint in the Web UI, and marks an open breaker with a search attribute. */
export function showEndpoint(result: DrainResult & Listing): void {
  if (!result.isUnlisted) showBreaker(result.breaker === 'closed' ? null : 'open');
  setCurrentDetails(endpointDetails(result));
}

/** Only on a change: each upsert adds an event to the history. */
function showBreaker(value: 'open' | null): void {
  const { webhookBreaker } = searchAttributes;
  const shown = workflowInfo().typedSearchAttributes.get(webhookBreaker) ?? null;
  if (shown !== value) upsertSearchAttributes([{ key: webhookBreaker, value }]);
}

function endpointDetails({ pending, oldestAt, nextAt, lastError, breaker, openUntil, disabledReason }: DrainResult): string {
  const state = disabledReason
    ? `disabled: ${disabledReason}`
    : breaker === 'closed'
      ? 'active'
      : `breaker open until ${openUntil ?? 'the next test'}`;
  return [
    `| state | pending | oldest | next attempt | last error |`,
    '|---|---|---|---|---|',
    `| ${state} | ${pending} | ${oldestAt ?? '–'} | ${nextAt ?? '–'} | ${inlineCode(lastError ?? '')} |`,
    '',
    'The signal `retryNow` (no input) retries all pending deliveries now.',
  ].join('\n');
}
