import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { searchAttributes } from '#workflows/search-attributes.ts';
import type { Lane } from './lane.ts';

/** Marks a parked contact in the Web UI: search attributes to find it, and details that explain the error and how to retry. */
export function showParked(lanes: Lane[]): void {
  const parked = lanes.filter(({ error }) => error !== null);
  upsertSearchAttributes([
    { key: searchAttributes.syncStatus, value: 'Parked' },
    { key: searchAttributes.parkedProviders, value: parked.map(({ provider }) => provider) },
    { key: searchAttributes.lastErrorType, value: parked.at(-1)?.error?.type ?? null },
  ]);
  setCurrentDetails(parkedDetails(parked));
}

/** Updates the marks of `showParked` after a lane has recovered. */
export function showRecovered(lanes: Lane[]): void {
  if (lanes.some(({ error }) => error !== null)) {
    showParked(lanes);
    return;
  }
  upsertSearchAttributes([
    { key: searchAttributes.syncStatus, value: 'InSync' },
    { key: searchAttributes.parkedProviders, value: null },
    { key: searchAttributes.lastErrorType, value: null },
  ]);
  setCurrentDetails('Recovered: every provider is in step again.');
}

function parkedDetails(parked: Lane[]): string {
  const rows = parked.map(
    ({ provider, error }) => `| ${provider} | ${error?.type} | ${cell(error?.message)} | ${error?.parkedAt} |`,
  );
  return [
    '### Parked: some providers are not in step',
    '',
    '| provider | error | message | since |',
    '|---|---|---|---|',
    ...rows,
    '',
    '**To retry now:** fix the error above, then send the signal `retryNow` (no input) from the menu above.',
    'Accord also retries after a new change of the contact, and at regular intervals.',
  ].join('\n');
}

function cell(text = ''): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
