import { describe, expect, it } from '@jest/globals';
import { type AttemptVerdict, nextStep, type RetryPosition } from '#domain/delivery/next-step.ts';

const failure: AttemptVerdict = { ok: false, permanent: false, disable: false, retryAfterSeconds: null };
const place: RetryPosition = { attempt: 1, maxRetries: 5, schedule: null };

describe('after an attempt', () => {
  it.each<[string, Partial<AttemptVerdict>, Partial<RetryPosition>, object]>([
    ['a success ends it', { ok: true }, {}, { state: 'delivered' }],
    ['a failure is tried again after the wait of its schedule', {}, { attempt: 3 }, { state: 'pending', afterSeconds: 4 }],
    ["which may be the endpoint's own", {}, { schedule: [7, 70] }, { state: 'pending', afterSeconds: 7 }],
    ['the receiver may ask for longer', { retryAfterSeconds: 90 }, {}, { state: 'pending', afterSeconds: 90 }],
    ['but not for a day', { retryAfterSeconds: 86_400 }, {}, { state: 'pending', afterSeconds: 3_600 }],
    [
      'five retries are six attempts: the fifth failure is tried again',
      {},
      { attempt: 5 },
      { state: 'pending', afterSeconds: 16 },
    ],
    ['and the sixth is the last', {}, { attempt: 6 }, { state: 'dead', reason: 'exhausted' }],
    ['without retries the first is the last', {}, { maxRetries: 0 }, { state: 'dead', reason: 'exhausted' }],
    ['what can never work is not tried again', { permanent: true }, {}, { state: 'dead', reason: 'permanent' }],
    ['whoever is gone is not asked again', { disable: true, permanent: true }, {}, { state: 'dead', reason: 'gone' }],
  ])('%s', (_rule, outcome, where, expected) => {
    expect(nextStep({ ...failure, ...outcome }, { ...place, ...where })).toEqual(expected);
  });
});
