import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { DrainResult } from '#activities/delivery/drain-endpoint.ts';
import { searchAttributes } from '#workflows/search-attributes.ts';

/** Says in the Web UI how an endpoint stands, and makes one with an open breaker easy to find. */
export function showEndpoint(result: DrainResult): void {
  showBreaker(result.breaker === 'closed' ? null : 'open');
  setCurrentDetails(endpointDetails(result));
}

/** An upsert is an event of the history: only where something changes. */
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
      : `breaker open until ${openUntil ?? 'the next try'}`;
  return [
    `| state | pending | oldest | next attempt | last error |`,
    '|---|---|---|---|---|',
    `| ${state} | ${pending} | ${oldestAt ?? '–'} | ${nextAt ?? '–'} | ${cell(lastError ?? '–')} |`,
    '',
    'The signal `retryNow` (no input) sends everything that waits, now.',
  ].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
