import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import { isPermanent, OperatorNeededError, RecordBusyError, toFailure } from '#activities/failures.ts';
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
    [
      new RateLimitError({ ...facts, retryAfterSeconds: 7 }),
      { message: 'No: Accord tries again in 7 s.', type: 'RateLimitError', nextRetryDelay: 7_000, category: benign },
    ],
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
    expect(toFailure(error)).toMatchObject({
      ...{ message: expect.stringMatching(/^No: Accord tries again( in \d+ s)?\.$/), nonRetryable: false },
      ...expected,
    });
    expect(isPermanent(error)).toBe(false);
  });

  it.each([
    ['AuthenticationError', new AuthenticationError(facts)],
    ['InvalidRequestError', new InvalidRequestError(facts)],
    ['NotFoundError', new NotFoundError(facts)],
    ['ConflictError', new ConflictError({ ...facts, existingId: '42' })],
  ])('%s is not retried, and shows the operation and the vendor’s trace id', (type, error) => {
    expect(toFailure(error)).toMatchObject({
      ...{ type, message: expect.stringMatching(/^No: c.*, then retry\.$/), nonRetryable: true },
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

it.each(['40001', '40P01', '53100', '53300', '55P03', '57014', '57P01', '25P03', '08006', '23505'])(
  'PostgreSQL’s error %s is retried',
  (code) => {
    const error = Object.assign(new Error('duplicate key: (ada@example.com)'), { code });
    const failure = toFailure(error, 'pushRecord') as ApplicationFailure;
    expect(failure).toMatchObject({ type: 'DatabaseError', nonRetryable: false });
    expect(failure.message).toBe(
      `pushRecord failed because PostgreSQL refused a statement (SQLSTATE ${code}): Accord tries again, and the log of the worker has the place in the code.`,
    );
    expect(failure.stack).not.toContain('ada@example.com');
    expect(failure.stack).toContain('failures.test.ts');
  },
);

it('retries after a second when another writer holds the record', () => {
  expect(toFailure(new RecordBusyError('busy'))).toMatchObject({
    type: 'RecordBusy',
    message: 'busy: Accord tries again in 1 s.',
    nonRetryable: false,
    nextRetryDelay: 1_000,
  });
});

it('is retried when it is a bug, and named with its activity', () => {
  const failure = toFailure(new TypeError('x is not a function'), 'observeRecord') as ApplicationFailure;
  expect(failure).toMatchObject({
    type: 'TypeError',
    nonRetryable: false,
    message: expect.stringMatching(/^observeRecord failed with TypeError: x is not a function: Accord tries again, and .*\.$/),
  });
  expect(isPermanent(new TypeError('x'))).toBe(false);
});

it('does not quote the text that a parser refused', () => {
  let fault: unknown;
  try {
    JSON.parse('Zyx Quentin');
  } catch (error) {
    fault = error;
  }
  const failure = toFailure(fault, 'observeRecord') as ApplicationFailure;
  expect(`${failure.message} ${failure.stack}`).not.toMatch(/Zyx|Quent/);
  expect(failure.message).toMatch(/^observeRecord failed with SyntaxError: Accord tries again/);
});

it('shows what only an operator can correct, as its message says it', () => {
  const failure = toFailure(new OperatorNeededError('Set SMTP_URL.'));
  expect(failure).toMatchObject({ type: 'OperatorNeeded', message: 'Set SMTP_URL.', nonRetryable: false });
});

it('keeps the remedy of an error that has its own', () => {
  expect(toFailure(new ConflictError({ ...facts, message: 'Merge them there, then retry.', remedy: null }))).toMatchObject({
    message: 'Merge them there, then retry.',
  });
  expect(toFailure(new InvalidRequestError({ ...facts, remedy: 'delete contacts there, then retry' }))).toMatchObject({
    message: 'No: delete contacts there, then retry.',
  });
});

it.each([
  ['a cancellation', new CancelledFailure('cancelled')],
  ['an aborted call', new DOMException('aborted', 'AbortError')],
])('leaves %s to Temporal', (_, error) => {
  expect(toFailure(error)).toBe(error);
});
