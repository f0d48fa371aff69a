import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { gohighlevelSandbox } from '#sandbox/gohighlevel/index.ts';
import { call } from '#test/sandbox/core/http.ts';

const dataDirectory = mkdtempSync(join(tmpdir(), 'sandbox-ghl-'));
afterAll(() => rmSync(dataDirectory, { recursive: true }));

it('keeps contacts, their lookups, tombstones, tokens and the signing key over a restart', async () => {
  const before = await gohighlevelSandbox.start({ dataDirectory });
  const { locationId, token, clientId, clientSecret, refreshToken } = before.settings.current;
  const headers = { authorization: `Bearer ${token}`, version: '2021-07-28' };
  const { contacts } = (
    await call('POST', `${before.controlUrl}/records`, [{ email: 'ada@example.com' }, { email: 'bob@example.com' }])
  ).json;
  await call('DELETE', `${before.url}/contacts/${contacts[1]}`, undefined, headers);
  const form = new URLSearchParams({
    client_id: clientId,
    client_secret: clientSecret,
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
  });
  const granted = await fetch(`${before.url}/oauth/token`, { method: 'POST', body: form });
  const { access_token } = (await granted.json()) as { access_token: string };
  await before.close();

  const after = await gohighlevelSandbox.start({ dataDirectory });
  const bearer = { ...headers, authorization: `Bearer ${access_token}` };
  const found = await call(
    'GET',
    `${after.url}/contacts/search/duplicate?locationId=${locationId}&email=ada@example.com`,
    undefined,
    bearer,
  );
  expect(found.json.contact.id).toBe(contacts[0]);
  const searched = await call('POST', `${after.url}/contacts/search`, { locationId, pageLimit: 10 }, headers);
  expect(searched.json.total).toBe(1);
  const tags = { locationId, contacts: [contacts[1]], tags: ['x'] };
  const bulk = await call('POST', `${after.url}/contacts/bulk/tags/update/add`, tags, headers);
  expect(bulk.json.responses).toMatchObject([{ message: 'contact is deleted' }]);
  expect(after.info().webhookPublicKey).toBe(before.info().webhookPublicKey);
  await after.close();
});
