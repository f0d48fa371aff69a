import { describe, expect, it } from '@jest/globals';
import { type AttemptVerdict, nextStep, type RetryPosition } from '#domain/delivery/next-step.ts';

const failure: AttemptVerdict = { ok: false, permanent: false, disable: false, retryAfterSeconds: null };
const place: RetryPosition = { attempt: 1, maxRetries: 5, schedule: null };

describe('after an attempt', () => {
  it.each<[string, Partial<AttemptVerdict>, Partial<RetryPosition>, object]>([
    ['a success delivers it', { ok: true }, {}, { state: 'delivered' }],
    ['a failure is retried with exponential backoff', {}, { attempt: 3 }, { state: 'pending', afterSeconds: 4 }],
    ["or by the endpoint's schedule", {}, { schedule: [7, 70] }, { state: 'pending', afterSeconds: 7 }],
    ['the receiver can ask for a longer delay', { retryAfterSeconds: 90 }, {}, { state: 'pending', afterSeconds: 90 }],
    ['up to an hour', { retryAfterSeconds: 86_400 }, {}, { state: 'pending', afterSeconds: 3_600 }],
    ['five retries are six attempts: the fifth failure is retried', {}, { attempt: 5 }, { state: 'pending', afterSeconds: 16 }],
    ['the sixth is the last', {}, { attempt: 6 }, { state: 'dead', reason: 'exhausted' }],
    ['without retries the first is the last', {}, { maxRetries: 0 }, { state: 'dead', reason: 'exhausted' }],
    ['a permanent failure is not retried', { permanent: true }, {}, { state: 'dead', reason: 'permanent' }],
    ['an endpoint that is gone is not retried', { disable: true, permanent: true }, {}, { state: 'dead', reason: 'gone' }],
  ])('%s', (_rule, outcome, where, expected) => {
    expect(nextStep({ ...failure, ...outcome }, { ...place, ...where })).toEqual(expected);
  });
});
