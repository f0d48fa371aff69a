import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { call } from '#test/sandbox/core/http.ts';
import { startHarness } from './harness.ts';

const google = await startHarness();
const { api, create, list, sandbox, set, update } = google;

beforeEach(() => google.reset());
afterAll(() => google.close());

const named = (givenName: string) => ({ names: [{ givenName }] });
const documentedAt = 'Valid paths are documented at https://developers.google.com/people/api/rest/v1/people/get.';

describe('credentials', () => {
  const url = `${sandbox.url}/v1/people/me/connections?personFields=names`;

  it.each([
    ['no token', {}, /^Request is missing required authentication credential\. /, 'Bearer realm="https://accounts.google.com/"'],
    [
      'an unknown token',
      { authorization: 'Bearer nope' },
      /^Request had invalid authentication credentials\. /,
      'Bearer realm="https://accounts.google.com/", error="invalid_token"',
    ],
  ])('integrators report the 401 and its header: %s', async (_, headers, message, challenge) => {
    const answer = await call('GET', url, undefined, headers as Record<string, string>);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe(challenge);
    expect(answer.json.error).toEqual({ code: 401, message: expect.stringMatching(message), status: 'UNAUTHENTICATED' });
  });

  it('Google docs: `contacts` is the only scope for writes; reads have their own scope', async () => {
    set({ scopes: ['https://www.googleapis.com/auth/contacts.readonly'] });
    expect((await list()).status).toBe(200);
    const { error } = await create({});
    expect(error).toMatchObject({ code: 403, status: 'PERMISSION_DENIED' });
    expect(error.details[0].reason).toBe('ACCESS_TOKEN_SCOPE_INSUFFICIENT');
    set({ scopes: ['https://www.googleapis.com/auth/contacts.other.readonly'] });
    expect((await list()).status).toBe(403);
  });

  it('the API may be disabled in the project: 403; the reason is a guess', async () => {
    set({ apiEnabled: false });
    expect((await list()).json.error).toMatchObject({ code: 403, details: [{ reason: 'SERVICE_DISABLED' }] });
  });
});

describe('the request', () => {
  it.each([
    [
      'Google docs: a mask is required',
      '',
      `personFields mask is required. Please specify one or more valid paths. ${documentedAt}`,
    ],
    ['integrators quote: `etag` is not a path', 'etag', `Invalid personFields mask path: "etag". ${documentedAt}`],
  ])('%s', async (_, personFields, message) => {
    const { error } = (await list({ personFields })).json;
    expect(error).toEqual({ code: 400, message, status: 'INVALID_ARGUMENT' });
  });

  it('Google docs: some paths are read-only', async () => {
    const { etag, resourceName } = await create({});
    for (const path of ['metadata', 'photos', 'skills', 'ageRanges', 'coverPhotos']) {
      expect((await google.get(resourceName, path)).resourceName).toBe(resourceName);
      expect((await update(resourceName, path, { etag })).json.error.message).toContain(`mask path: "${path}"`);
    }
  });

  it.each([
    ['a person', { nickname: [] }, `Unknown name "nickname" at 'person': Cannot find field.`],
    ['an item', { phoneNumbers: [{ number: '1' }] }, `Unknown name "number" at 'person.phone_numbers[0]': Cannot find field.`],
  ])('Google docs (Error Model): an unknown name in %s is refused, with its path', async (_, person, description) => {
    const { error } = await create(person);
    expect(error.message).toBe(`Invalid JSON payload received. ${description}`);
    expect(error.details[0]).toMatchObject({ '@type': 'type.googleapis.com/google.rpc.BadRequest' });
  });

  it.each([
    ['an object for a list', { names: {} }],
    ['an item that is text', { names: ['Ada'] }],
    ['a number for text', { phoneNumbers: [{ value: 1 }] }],
    ['text for a date', { birthdays: [{ date: '1815-12-10' }] }],
    ['a body that is not an object', []],
    ['a body that is not JSON', '{"names":'],
  ])('is a 400 with %s', async (_, person) => {
    expect((await create(person as object)).error).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT' });
  });

  it('accepts system parameters and refuses unknown parameters', async () => {
    expect((await list({ alt: 'json', prettyPrint: false, '$.xgafv': 1 })).status).toBe(200);
    expect((await list({ personfields: 'names' })).json.error.message).toMatch(/Unknown name "personfields"/);
  });

  it('an unknown path returns an HTML page, not JSON (google-api-php-client issue 1803)', async () => {
    const answer = await api('GET', 'nowhere?<script>');
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    expect(answer.text).toMatch(/The requested URL <code>\/v1\/nowhere/);
  });
});

describe('one mutation at a time', () => {
  it.each([
    ['unavailable', 503, 'UNAVAILABLE'],
    ['conflict', 409, 'ABORTED'],
    ['quota', 429, 'RESOURCE_EXHAUSTED'],
  ] as const)('Google docs: overlapping mutations fail; how is a guess: %s', async (overlappingMutations, status, word) => {
    set({ mutationMs: 10_000, overlappingMutations });
    const both = [create(named('Ada')), create(named('Bob'))];
    const refused = await Promise.race(both);
    expect(refused.error).toMatchObject({ code: status, status: word });
    expect((await list()).status).toBe(200);
    google.advance(10_000);
    const answers = await Promise.all(both);
    expect(answers.filter(({ resourceName }) => resourceName)).toHaveLength(1);
  });
});
