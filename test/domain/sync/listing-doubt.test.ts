import { expect, it } from '@jest/globals';
import { findListingDoubt, type Listing, type ListingDoubt } from '#domain/sync/listing-doubt.ts';

it.each<[string, Listing, ListingDoubt | null]>([
  ['trusts a listing that has every linked record', { total: null, listed: 0, missing: 0, linked: 0 }, null],
  ['trusts one that lacks 2 %', { total: null, listed: 980, missing: 20, linked: 1_000 }, null],
  ['doubts one that lacks 3 %', { total: null, listed: 970, missing: 30, linked: 1_000 }, 'loss'],
  ['trusts one that lacks five of a small account', { total: null, listed: 5, missing: 5, linked: 10 }, null],
  ['doubts an empty one, however small the account', { total: null, listed: 0, missing: 1, linked: 1 }, 'empty'],
  [
    'doubts one with fewer records than the vendor counts',
    { total: 1_000, listed: 900, missing: 10, linked: 1_000 },
    'incomplete',
  ],
  ['trusts one that records were added to meanwhile', { total: 1_003, listed: 1_000, missing: 1, linked: 1_000 }, null],
])('%s', (_case, listing, doubt) => {
  expect(findListingDoubt(listing)).toBe(doubt);
});
