import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { googleSandbox } from '#sandbox/google/index.ts';
import { call } from '#test/sandbox/core/http.ts';
import { namesOf } from './harness.ts';

const dataDirectory = mkdtempSync(join(tmpdir(), 'sandbox-google-'));
afterAll(() => rmSync(dataDirectory, { recursive: true }));

const settings = { propagationDelayMs: 60_000 };
const path = '/v1/people/me/connections?personFields=names,metadata&requestSyncToken=true';

it('keeps contacts, former names, tokens and changes that sync has not seen over a restart', async () => {
  const before = await googleSandbox.start({ dataDirectory, settings });
  const { clientId, clientSecret, refreshToken } = before.settings.current;
  const form = { client_id: clientId, client_secret: clientSecret, grant_type: 'refresh_token', refresh_token: refreshToken };
  const granted = await fetch(`${before.url}/token`, { method: 'POST', body: new URLSearchParams(form) });
  const { access_token } = (await granted.json()) as { access_token: string };
  const headers = { authorization: `Bearer ${access_token}` };

  const { people } = (await call('POST', `${before.controlUrl}/records`, [{}, {}, {}])).json;
  const [ada, bob, eve] = people;
  before.clock.advance(60_000);
  const token = (await call('GET', `${before.url}${path}`, undefined, headers)).json.nextSyncToken;
  const etag = (await call('GET', `${before.url}/v1/${eve}?personFields=names`, undefined, headers)).json.etag;
  const { renamed } = (await call('POST', `${before.controlUrl}/records`, { rename: [ada], delete: [bob] })).json;
  await before.close();

  const after = await googleSandbox.start({ dataDirectory, settings });
  const since = () => call('GET', `${after.url}${path}&syncToken=${token}`, undefined, headers);
  expect(namesOf(await since())).toEqual([]);
  after.clock.advance(60_000);
  const changed = await since();
  expect(namesOf(changed)).toEqual([ada, renamed[ada], bob]);
  expect((await call('GET', `${after.url}/v1/${ada}?personFields=names`, undefined, headers)).json.resourceName).toBe(
    renamed[ada],
  );
  const update = `${after.url}/v1/${eve}:updateContact?updatePersonFields=names`;
  expect((await call('PATCH', update, { etag, names: [{ givenName: 'Eve' }] }, headers)).status).toBe(200);
  expect((await call('GET', `${after.controlUrl}/records`)).json.total).toBe(2);
  await after.close();
});
