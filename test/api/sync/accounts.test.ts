import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { observeRecord } from '#activities/contact/observe-record.ts';
import { createApiKey } from '#db/api-keys.ts';
import { claimLink } from '#db/contacts/links.ts';
import { AuthenticationError } from '#providers/errors.ts';
import { providers } from '#providers/index.ts';
import { squareSandbox } from '#sandbox/square/index.ts';
import { faultsOf } from '#test/api/docs/openapi-check.ts';
import { type Accord, control, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { edit } from '#test/setup/hub.ts';
import { testEncryptionKey } from '#test/setup/provider-settings.ts';
import { connectProviders } from '#workers/connect-providers.ts';

const { clientId, clientSecret, refreshToken } = squareSandbox.settings.parse({});
const secrets = {
  square: {
    SQUARE_ACCESS_TOKEN: undefined,
    ...{ SQUARE_CLIENT_ID: clientId, SQUARE_CLIENT_SECRET: clientSecret, SQUARE_REFRESH_TOKEN: refreshToken },
  },
};

interface Account {
  provider: string;
  authorization: string;
  token: { expiresAt: string; refreshedAt: string; lastError: { type: string; message: string } | null } | null;
}

let accord: Accord;
let key: string;
beforeAll(async () => {
  accord = await startAccord({ workersInside: false, providers: ['gohighlevel', 'square', 'google', 'calltools'], secrets });
  ({ key } = await createApiKey(accord.db, { name: 'test', scopes: ['sync:read'] }));
});
afterAll(() => accord.close());

async function accounts(): Promise<{ text: string; of(provider: string): Account | undefined }> {
  const response = await fetch(`${accord.api.url}/sync/accounts`, { headers: { authorization: `Bearer ${key}` } });
  expect([response.status, await faultsOf('get', '/sync/accounts', response)]).toEqual([200, []]);
  const text = await response.text();
  const { data } = JSON.parse(text) as { data: { accounts: Account[] } };
  return { text, of: (id) => data.accounts.find(({ provider }) => provider === id) };
}

async function readCustomer(deps = accord.deps) {
  const { accountId } = accord.clients.square;
  const externalId = await edit(accord, 'square', { givenName: 'Ada' });
  const link = await claimLink(accord.db, { provider: 'square', accountId, externalId });
  return observeRecord(deps, { linkId: link.id, cause: 'test' }, {});
}

describe('GET /sync/accounts', () => {
  it('shows how each account is authorized, and no token before one was requested', async () => {
    const { of } = await accounts();
    expect([of('gohighlevel')?.authorization, of('calltools')?.authorization]).toEqual(['key', 'key']);
    expect([of('google')?.authorization, of('square')?.authorization]).toEqual(['oauth', 'oauth']);
    expect([of('gohighlevel')?.token, of('square')?.token]).toEqual([null, null]);
  });

  it('shows when the token of Square expires and was refreshed, and no secret', async () => {
    await readCustomer();
    const { text, of } = await accounts();
    const { token } = of('square') ?? {};
    expect(token?.lastError).toBeNull();
    expect(Date.parse(token?.expiresAt ?? '') - Date.parse(token?.refreshedAt ?? '')).toBeGreaterThan(29 * 86_400_000);
    for (const secret of [clientSecret, refreshToken, 'EAAA', 'EQAA']) expect(text).not.toContain(secret);
  });

  it('shows a revocation at Square as soon as its webhook arrives, and a failed refresh', async () => {
    await control(accord.sandboxes.square, 'POST', 'records', { revokeAuthorization: true });
    await eventually(async () => {
      expect((await accounts()).of('square')?.token?.lastError).toMatchObject({
        type: 'GrantRevoked',
        message: expect.stringContaining('The seller revoked our authorization at Square'),
      });
    });
    await expect(readCustomer()).rejects.toBeInstanceOf(AuthenticationError);
    expect((await accounts()).of('square')?.token?.lastError).toMatchObject({
      type: 'AuthenticationError',
      message: expect.stringContaining('set SQUARE_REFRESH_TOKEN to the new token'),
    });
  });

  it('shows no error once the app is authorized again', async () => {
    await control(accord.sandboxes.square, 'PATCH', 'settings', { refreshToken: 'EQAA-granted-anew' });
    const { square } = accord.settings;
    const settings = { ...square, secrets: { ...square.secrets, SQUARE_REFRESH_TOKEN: 'EQAA-granted-anew' } };
    const config = { providers, audiences: [], encryptionKey: testEncryptionKey, accounts: { square: settings } };
    const restarted = { ...accord.deps, providers: connectProviders(config, accord.db) };
    expect(await readCustomer(restarted)).toMatchObject({ outcome: 'changed' });
    expect((await accounts()).of('square')?.token?.lastError).toBeNull();
  });
});
