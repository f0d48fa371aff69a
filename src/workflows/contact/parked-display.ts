import type { SearchAttributeUpdatePair } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { inWords } from '#workflows/in-words.ts';
import { inlineCode } from '#workflows/inline-code.ts';
import { providerName } from '#workflows/provider-names.ts';
import { searchAttributes } from '#workflows/search-attributes.ts';
import type { Lane } from './lane.ts';

interface Listing {
  /** The namespace lacks Accord's search attributes. */
  isUnlisted: boolean;
}

interface Parked extends Listing {
  /** Unknown when another lane has just recovered. */
  retryMs?: number;
  /** The contact's records; unknown as well, and where the namespace lacks the attribute for them. */
  externalIds?: string[] | undefined;
}

/** Marks a parked contact in the Web UI: search attributes to find it, and details that explain the error and how to retry. */
export function showParked(lanes: Lane[], { externalIds, retryMs, ...listing }: Parked): void {
  const parked = lanes.filter(({ error }) => error !== null);
  setAttributes(listing, [
    { key: searchAttributes.syncStatus, value: 'Parked' },
    { key: searchAttributes.parkedProviders, value: parked.map(({ provider }) => provider) },
    { key: searchAttributes.lastErrorType, value: parked.at(-1)?.error?.type ?? null },
    ...(externalIds ? [{ key: searchAttributes.externalIds, value: externalIds }] : []),
  ]);
  setCurrentDetails(parkedDetails(parked, retryMs));
}

/** Updates the marks of `showParked` after a lane has recovered. */
export function showRecovered(lanes: Lane[], listing: Listing): void {
  if (lanes.some(({ error }) => error !== null)) {
    showParked(lanes, listing);
    return;
  }
  setAttributes(listing, [
    { key: searchAttributes.syncStatus, value: 'InSync' },
    { key: searchAttributes.parkedProviders, value: null },
    { key: searchAttributes.lastErrorType, value: null },
  ]);
  setCurrentDetails('Recovered: every provider is in step again.');
}

/** An attribute that the namespace lacks would fail the workflow task again and again. */
function setAttributes({ isUnlisted }: Listing, pairs: SearchAttributeUpdatePair[]): void {
  if (!isUnlisted) upsertSearchAttributes(pairs);
}

function parkedDetails(parked: Lane[], retryMs: number | undefined): string {
  const rows = parked.map(({ provider, error }) => {
    const { type = '', operation = '', message = '', parkedAt = '' } = error ?? {};
    return `| ${providerName(provider)} | ${inlineCode(type)} | ${inlineCode(message)} | ${inlineCode(operation)} | ${parkedAt} |`;
  });
  const interval = retryMs === undefined ? 'at regular intervals' : `every ${inWords(retryMs)}`;
  return [
    '### Parked: some providers are not in step',
    '',
    '| provider | error | message | activity | since |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    '**To retry now:** fix the error above, then send the signal `retryNow` (no input) from the menu above.',
    `Accord also retries after a new change of the contact, and ${interval}.`,
    '',
    failuresExplained,
  ].join('\n');
}

const failuresExplained =
  'Failures 0 on this page counts failed workflow tasks. A provider that refuses a change causes none: it parks the contact.';
