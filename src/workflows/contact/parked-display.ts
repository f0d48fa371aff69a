import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { searchAttributes } from '#workflows/search-attributes.ts';
import type { Lane } from './lane.ts';

/** Makes a parked contact easy to find and to understand in the Web UI. */
export function showParked(lanes: Lane[]): void {
  const parked = lanes.filter(({ error }) => error !== null);
  upsertSearchAttributes([
    { key: searchAttributes.syncStatus, value: 'Parked' },
    { key: searchAttributes.parkedProviders, value: parked.map(({ provider }) => provider) },
    { key: searchAttributes.lastErrorType, value: parked.at(-1)?.error?.type ?? null },
  ]);
  setCurrentDetails(parkedDetails(parked));
}

/** Takes back what `showParked` said, as far as it no longer holds. */
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
  setCurrentDetails('Was parked and is in step again.');
}

function parkedDetails(parked: Lane[]): string {
  const rows = parked.map(
    ({ provider, error }) => `| ${provider} | ${error?.type} | ${cell(error?.message)} | ${error?.parkedAt} |`,
  );
  return [
    '### Parked: this contact is not in step everywhere',
    '',
    '| provider | error | what it said | since |',
    '|---|---|---|---|',
    ...rows,
    '',
    '**To retry now:** mend what it says, then send the signal `retryNow` (no input) from the menu above.',
    'A new change of the contact retries too, and so does Accord by itself from time to time.',
  ].join('\n');
}

function cell(text = ''): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
