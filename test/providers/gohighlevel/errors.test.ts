import { expect, it } from '@jest/globals';
import { findError, isTokenRefused } from '#providers/gohighlevel/errors.ts';
import type { HttpCall } from '#providers/http-call.ts';

const call: HttpCall = { operation: 'read contact', method: 'GET', path: '/contacts/abc' };

it.each([
  [{ 'retry-after': '3', 'x-ratelimit-interval-milliseconds': '10000' }, 3],
  [{ 'x-ratelimit-interval-milliseconds': '10000', 'x-ratelimit-daily-remaining': '512' }, 10],
  [{ 'x-ratelimit-daily-remaining': '0', 'x-ratelimit-daily-reset': '7200000' }, 7200],
  [{}, null],
])('a 429 with %j has a wait of %j seconds', (headers, retryAfterSeconds) => {
  const error = findError({ status: 429, headers, json: { statusCode: 429, message: 'Too Many Requests' } }, call);
  expect(error).toMatchObject({ name: 'RateLimitError', retryAfterSeconds });
});

it.each([
  ['Contact not found', 'NotFoundError'],
  ['contact is deleted', 'NotFoundError'],
  ['This location does not allow duplicated contacts.', 'ConflictError'],
  ['Something else', undefined],
])('a 400 with the message %j is a %s', (message, name) => {
  expect(findError({ status: 400, headers: {}, json: { statusCode: 400, message } }, call)?.name).toBe(name);
});

it.each([
  ['Invalid JWT', true],
  ['Invalid token: access token is invalid', true],
  ['The token is not authorized for this scope.', false],
  ['version header was not found', false],
])('a 401 with the message %j justifies a token refresh: %s', (message, isRefused) => {
  expect(isTokenRefused({ status: 401, headers: {}, json: { statusCode: 401, message } })).toBe(isRefused);
});
