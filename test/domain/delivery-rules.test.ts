import { describe, expect, it } from '@jest/globals';
import { type AttemptOutcome, nextStep } from '../../src/domain/delivery-rules.ts';

const now = new Date('2025-06-01T12:00:00Z');
const failure: AttemptOutcome = { ok: false, permanent: false, disable: false, retryAfterSeconds: null };
const place = { attempt: 1, maxRetries: 5, now, delaySeconds: (retryAfter: number | null) => retryAfter ?? 4 };

describe('after an attempt', () => {
  it.each<[string, Partial<AttemptOutcome>, Partial<typeof place>, object]>([
    ['a success ends it', { ok: true }, {}, { kind: 'delivered' }],
    ['a failure is tried again after the wait of its schedule', {}, {}, { kind: 'retry', at: new Date('2025-06-01T12:00:04Z') }],
    ['the receiver may say when', { retryAfterSeconds: 90 }, {}, { kind: 'retry', at: new Date('2025-06-01T12:01:30Z') }],
    ['five retries are six attempts: the fifth failure is tried again', {}, { attempt: 5 }, { kind: 'retry' }],
    ['and the sixth is the last', {}, { attempt: 6 }, { kind: 'dead', reason: 'exhausted' }],
    ['without retries the first is the last', {}, { maxRetries: 0 }, { kind: 'dead', reason: 'exhausted' }],
    ['what can never work is not tried again', { permanent: true }, {}, { kind: 'dead', reason: 'permanent' }],
    ['whoever is gone is not asked again', { disable: true, permanent: true }, {}, { kind: 'dead', reason: 'gone' }],
  ])('%s', (_rule, outcome, where, expected) => {
    expect(nextStep({ ...failure, ...outcome }, { ...place, ...where })).toMatchObject(expected);
  });
});
