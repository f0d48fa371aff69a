import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { isPermanent, RecordBusyError, toFailure } from '#activities/failures.ts';
import {
  AuthenticationError,
  ConflictError,
  InvalidRequestError,
  NotFoundError,
  RateLimitError,
  UnavailableError,
} from '#providers/errors.ts';

const facts = { provider: 'calltools', operation: 'create contact', message: 'No.', status: 418, traceId: 'trace-1' };
const benign = ApplicationFailureCategory.BENIGN;

describe('an error of a provider', () => {
  it.each([
    [new RateLimitError({ ...facts, retryAfterSeconds: 7 }), { type: 'RateLimitError', nextRetryDelay: 7_000, category: benign }],
    [
      new RateLimitError({ ...facts, retryAfterSeconds: null }),
      { type: 'RateLimitError', nextRetryDelay: undefined, category: benign },
    ],
    [
      new UnavailableError({ ...facts, retryAfterSeconds: 30 }),
      { type: 'UnavailableError', nextRetryDelay: 30_000, category: benign },
    ],
    [new UnavailableError(facts), { type: 'UnavailableError', nextRetryDelay: undefined, category: benign }],
  ])('%s is retried, after the time that it names', (error, expected) => {
    expect(toFailure(error)).toBeInstanceOf(ApplicationFailure);
    expect(toFailure(error)).toMatchObject({ message: 'No.', nonRetryable: false, ...expected });
    expect(isPermanent(error)).toBe(false);
  });

  it.each([
    ['AuthenticationError', new AuthenticationError(facts)],
    ['InvalidRequestError', new InvalidRequestError(facts)],
    ['NotFoundError', new NotFoundError(facts)],
    ['ConflictError', new ConflictError({ ...facts, existingId: '42' })],
  ])('%s is not retried, and shows the operation and the vendor’s trace id', (type, error) => {
    expect(toFailure(error)).toMatchObject({
      ...{ type, message: 'No.', nonRetryable: true },
      details: [{ operation: 'create contact', status: 418, traceId: 'trace-1' }],
    });
    expect(isPermanent(error)).toBe(true);
  });

  it('is passed on without its cause, which may quote the contact', () => {
    const failure = toFailure(new AuthenticationError({ ...facts, cause: new Error('+15125550143') })) as ApplicationFailure;
    expect(failure.cause).toBeUndefined();
  });
});

it.each(['22P05', '22021', '23514'])('PostgreSQL’s error %s is not retried, and the value is not quoted', (code) => {
  const error = Object.assign(new Error('invalid input: "Ada"'), { code });
  const failure = toFailure(error) as ApplicationFailure;
  expect(failure).toMatchObject({ type: 'UnstorableValue', nonRetryable: true });
  expect(failure.message).not.toContain('Ada');
});

it.each(['40001', '40P01', '53300', '57P01', '08006', '23505'])('PostgreSQL’s error %s is retried', (code) => {
  const error = Object.assign(new Error('try again'), { code });
  expect(toFailure(error)).toBe(error);
});

it('retries after a second when another writer holds the record', () => {
  expect(toFailure(new RecordBusyError('busy'))).toMatchObject({
    type: 'RecordBusy',
    nonRetryable: false,
    nextRetryDelay: 1_000,
  });
});

it('passes other errors through, so that they are retried', () => {
  const fault = new Error('deadlock detected');
  expect(toFailure(fault)).toBe(fault);
  expect(isPermanent(fault)).toBe(false);
});
