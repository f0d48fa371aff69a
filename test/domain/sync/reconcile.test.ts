import { describe, expect, it } from '@jest/globals';
import { hasDrifted } from '#domain/sync/reconcile.ts';

const seenAt = new Date('2026-11-22T02:00:00.000Z');
const shadow = { givenName: 'Ada', tags: ['cold lead'], phones: [] };
const row = (rest: object) => ({ updatedAt: seenAt.toISOString(), complete: false, values: { givenName: 'ada' }, ...rest });
const drifted = (rest: object) => hasDrifted(row(rest), { shadow, remoteUpdatedAt: seenAt });

describe('a row of a listing', () => {
  it('is no drift when it has the known name in lower case', () => expect(drifted({})).toBe(false));
  it('is no drift when it omits a value of a full read', () => expect(drifted({ values: { tags: [] } })).toBe(false));
  it('is drift when it has a later update time', () => expect(drifted({ updatedAt: '2026-11-22T02:00:01.000Z' })).toBe(true));
  it('is no drift when it is older than the last read', () =>
    expect(drifted({ updatedAt: '2026-11-22T01:59:59.000Z', values: { givenName: 'old' } })).toBe(false));
  it('is drift when a value differs at the same update time', () =>
    expect(drifted({ values: { tags: ['customer'] } })).toBe(true));
  it('is drift when the record was never read', () =>
    expect(hasDrifted(row({}), { shadow: null, remoteUpdatedAt: null })).toBe(true));
  it('is compared by value when it has no update time', () =>
    expect(drifted({ updatedAt: null, values: { givenName: 'Augusta' } })).toBe(true));
});
