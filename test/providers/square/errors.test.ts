import { describe, expect, it } from '@jest/globals';
import { toProviderError } from '#providers/http-errors.ts';
import { findError, toEntryError, toSdkError, updateOperation } from '#providers/square/errors.ts';
import { vendor } from '#providers/square/settings.ts';

const call = { operation: updateOperation };
const problem = { category: 'INVALID_REQUEST_ERROR', code: 'BAD_REQUEST', detail: '', field: '' };

function nameOf(status: number, errors: object[], operation: string = updateOperation): string {
  const answer = { status, headers: {}, json: { errors } };
  return (findError(answer, { operation }) ?? toProviderError(vendor, { operation }, answer)).name;
}

describe('an error of Square', () => {
  it.each([
    [409, { code: 'CONFLICT' }],
    [400, { code: 'CONFLICT' }],
    [400, { code: 'VERSION_MISMATCH' }],
    [400, { field: 'version' }],
    [400, { detail: 'The version is stale.' }],
  ])('of an update, %d with %j, is a PreconditionFailedError', (status, changes) => {
    expect(nameOf(status, [{ ...problem, ...changes }])).toBe('PreconditionFailedError');
  });

  it.each([
    [400, { code: 'INVALID_SQUARE_VERSION_FORMAT', detail: 'The Square-Version header must be a date.' }],
    [400, { code: 'API_VERSION_INCOMPATIBLE', detail: 'There is no version 2099-01-01.' }],
    [400, { code: 'INVALID_PHONE_NUMBER', field: 'phone_number', detail: 'Expected phone_number to be a valid phone number' }],
  ])('of an update, %d with %j, is not about the customer version', (status, changes) => {
    expect(nameOf(status, [{ ...problem, ...changes }])).toBe('InvalidRequestError');
  });

  it.each([
    [409, 'CONFLICT', 'ConflictError'],
    [400, 'IDEMPOTENCY_KEY_REUSED', 'ConflictError'],
    [400, 'INVALID_CURSOR', 'ExpiredCursorError'],
    [401, 'ACCESS_TOKEN_EXPIRED', 'AuthenticationError'],
    [403, 'INSUFFICIENT_SCOPES', 'AuthenticationError'],
    [404, 'NOT_FOUND', 'NotFoundError'],
    [408, 'REQUEST_TIMEOUT', 'UnavailableError'],
    [429, 'RATE_LIMITED', 'RateLimitError'],
    [503, 'SERVICE_UNAVAILABLE', 'UnavailableError'],
  ])('of another call, %d %s, is a %s', (status, code, name) => {
    expect(nameOf(status, [{ ...problem, code }], 'create contact')).toBe(name);
  });

  it('names the refused fields, and not their values', () => {
    const errors = [{ ...problem, code: 'INVALID_EMAIL_ADDRESS', field: 'email_address', detail: 'ada@example' }];
    const body = { email_address: true, phone_number: true };
    expect(toEntryError(errors, { ...call, body }).message).toBe(
      'Square rejects the request, naming email_address (400, update contact).',
    );
  });

  it.each([
    [{ code: 'NOT_FOUND' }, 'NotFoundError'],
    [{ category: 'AUTHENTICATION_ERROR' }, 'AuthenticationError'],
    [{ category: 'RATE_LIMIT_ERROR' }, 'RateLimitError'],
    [{ category: 'API_ERROR', code: 'TEMPORARY_ERROR' }, 'UnavailableError'],
    [{}, 'InvalidRequestError'],
  ])('of a bulk entry, %j, is a %s', (changes, name) => {
    expect(toEntryError([{ ...problem, ...changes }], { operation: 'create contact' }).name).toBe(name);
  });

  it('of a bulk entry without errors is an UnavailableError', () => {
    expect(toEntryError([], call).name).toBe('UnavailableError');
  });
});

it('an error of the SDK is permanent if it refused to send the request, else temporary', () => {
  const refused = Object.assign(new Error('country: Ada Lovelace'), { name: 'JsonError' });
  expect(toSdkError(refused, call)).toMatchObject({ name: 'InvalidRequestError', message: expect.not.stringContaining('Ada') });
  expect(toSdkError(new Error('Ada Lovelace'), call)).toMatchObject({
    name: 'UnavailableError',
    message: expect.not.stringContaining('Ada'),
  });
});
