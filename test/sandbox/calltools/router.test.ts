import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { defaultToken } from '#sandbox/calltools/index.ts';
import { startAccount, type TestAccount } from './account.ts';

let account: TestAccount;
beforeAll(async () => {
  account = await startAccount();
});
beforeEach(() => account.reset());
afterAll(() => account.close());

describe('paths', () => {
  // developers.calltools.com/api-conventions; status and headers: stock Django.
  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])(
    'without a trailing slash redirect a %s before any other check',
    async (method) => {
      const body = method === 'GET' ? undefined : {};
      const answer = await account.api(method, 'contacts/1?a=b', body, {});
      expect(answer.status).toBe(301);
      expect(answer.headers.get('location')).toBe('/api/contacts/1/?a=b');
    },
  );

  it('without a trailing slash lose the write of a client that follows redirects: the POST becomes a GET of the list', async () => {
    const headers = { authorization: `Token ${defaultToken}`, 'content-type': 'application/json' };
    const answer = await fetch(`${account.sandbox.url}/api/contacts`, { method: 'POST', headers, body: '{"first_name":"Ada"}' });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ count: 0, next: null, previous: null, results: [] });
  });

  // `/lists/` and `/contacts/{id}/tags/`: an integrator reports that they do not exist. The page: stock Django.
  it.each(['lists/', 'contacts/1/tags/', 'contacts/1/tag/', 'v1/contacts/', 'constructor/', ''])(
    'that are unknown, such as /api/%s, return an HTML page',
    async (path) => {
      const answer = await account.get(path);
      expect(answer.status).toBe(404);
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(answer.text).toContain('The requested resource was not found on this server.');
    },
  );

  it('with an unknown or invalid id return JSON (stock Django REST Framework)', async () => {
    for (const id of ['999', 'abc'])
      expect(await account.get(`contacts/${id}/`)).toMatchObject({ status: 404, json: { detail: 'Not found.' } });
  });

  it('list their methods (stock Django REST Framework)', async () => {
    const answer = await account.api('POST', 'contacts/1/', {});
    expect(answer).toMatchObject({ status: 405, json: { detail: 'Method "POST" not allowed.' } });
    expect(answer.headers.get('allow')).toBe('GET, PUT, PATCH, DELETE, HEAD, OPTIONS');
    expect((await account.api('OPTIONS', 'contacts/')).headers.get('allow')).toBe('GET, POST, HEAD, OPTIONS');
  });
});

describe('tokens', () => {
  // Stock Django REST Framework; that `Bearer` fails and `Token` works was seen by an integrator.
  it.each([
    [undefined, 'Authentication credentials were not provided.'],
    [`Bearer ${defaultToken}`, 'Authentication credentials were not provided.'],
    ['Token', 'Invalid token header. No credentials provided.'],
    ['Token a b', 'Invalid token header. Token string should not contain spaces.'],
    [`Token ${'0'.repeat(40)}`, 'Invalid token.'],
    ['Token constructor', 'Invalid token.'],
  ])('are refused as %s', async (authorization, detail) => {
    const answer = await account.api('GET', 'contacts/', undefined, authorization ? { authorization } : {});
    expect(answer).toMatchObject({ status: 401, json: { detail } });
    expect(answer.headers.get('www-authenticate')).toBe('Token');
  });

  // The body: stock Django REST Framework. A key inherits its user's role: help centre, "Real-Time Lead Posting Setup".
  it('have only the permissions of their role', async () => {
    await account.settings({ tokens: { [defaultToken]: ['contacts.read', 'contacts.update'] } });
    const denied = { status: 403, json: { detail: 'You do not have permission to perform this action.' } };
    expect((await account.get('contacts/')).status).toBe(200);
    expect(await account.post('contacts/', {})).toMatchObject(denied);
    expect(await account.api('DELETE', 'contacts/1/')).toMatchObject(denied);
    expect(await account.get('alltags/')).toMatchObject(denied);
    expect((await account.patch('contacts/1/', {})).status).toBe(404);
  });

  it('can be revoked and restored while a client is running', async () => {
    const { tokens } = (await account.control('GET', 'settings')).json.settings;
    await account.settings({ tokens: {} });
    expect((await account.get('contacts/')).status).toBe(401);
    await account.settings({ tokens });
    expect((await account.get('contacts/')).status).toBe(200);
  });
});

describe('bodies', () => {
  // Captured from stock Django REST Framework.
  it.each([
    ['{bad', 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)'],
    ['{"a" 1}', "Expecting ':' delimiter: line 1 column 6 (char 5)"],
    ['{"a":1 "b":2}', "Expecting ',' delimiter: line 1 column 8 (char 7)"],
    ['{"a":1} x', 'Extra data: line 1 column 9 (char 8)'],
    ['{"a":\n"x\\q"}', 'Invalid \\escape: line 2 column 3 (char 8)'],
    ['{"a":"x', 'Unterminated string starting at: line 1 column 6 (char 5)'],
  ])('are refused with the malformed JSON %s', async (body, reason) => {
    expect(await account.post('contacts/', body)).toMatchObject({
      status: 400,
      json: { detail: `JSON parse error - ${reason}` },
    });
  });

  it.each([
    ['[1]', 'Invalid data. Expected a dictionary, but got list.'],
    ['"x"', 'Invalid data. Expected a dictionary, but got str.'],
    ['null', 'No data provided'],
  ])('are refused if they are %s, which is not an object', async (body, message) => {
    expect(await account.post('contacts/', body)).toMatchObject({ status: 400, json: { non_field_errors: [message] } });
  });

  it('have to be JSON', async () => {
    const headers = { authorization: `Token ${defaultToken}`, 'content-type': 'text/plain' };
    const answer = await account.api('POST', 'contacts/', 'x', headers);
    expect(answer).toMatchObject({ status: 415, json: { detail: 'Unsupported media type "text/plain" in request.' } });
  });

  it('are parsed last: an unknown id is reported before malformed JSON', async () => {
    expect((await account.patch('contacts/999/', '{bad')).status).toBe(404);
  });
});
