import { generateKeyPairSync } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { loadConfig } from '#config.ts';
import { type SandboxAccounts, sandboxEnvironment } from '#dev/stack/sandboxes.ts';
import { stackEnvironment } from '#dev/stack/stack-environment.ts';
import { parseConfig } from '#sandbox/main-config.ts';

const { publicKey } = generateKeyPairSync('ed25519');
const api = 'http://127.0.0.1:8099';
const ports = { gohighlevel: 1, calltools: 2, square: 3, google: 4 };
const address = { url: 'http://127.0.0.1:1', control: 'http://127.0.0.1:1/_sandbox', token: 'token' };
const accounts: SandboxAccounts = {
  gohighlevel: {
    ...address,
    ...{ locationId: 'location', clientId: 'client', clientSecret: 'secret' },
    webhookPublicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  },
  calltools: address,
  square: {
    ...address,
    ...{ merchantId: 'merchant', signatureKey: 'the signature key', clientId: 'client', clientSecret: 'secret' },
  },
  google: {
    ...address,
    clientId: 'client',
    clientSecret: 'secret',
    refreshToken: 'grant',
    tokenUrl: 'http://127.0.0.1:1/token',
    authorizeUrl: 'http://127.0.0.1:1/o/oauth2/v2/auth',
    revokeUrl: 'http://127.0.0.1:1/revoke',
  },
};
const addresses = {
  api,
  database: 'postgres://127.0.0.1/accord',
  temporal: '127.0.0.1:7233',
  temporalUi: 'http://127.0.0.1:8233',
};
const environment = () => stackEnvironment(addresses, accounts, Buffer.alloc(32).toString('base64'));

const names = ['SQUARE_ACCESS_TOKEN', 'GOOGLE_REFRESH_TOKEN', 'WEBFORM_SOMETHING', 'GHL_WEBHOOK_SECRET'];
afterEach(() => {
  for (const name of names) delete process.env[name];
});

describe('the environment of a stack', () => {
  it('connects every provider to its sandbox', () => {
    expect(loadConfig({ env: environment(), need: ['database', 'encryptionKey'] }).notConnected).toEqual([]);
  });

  it('tells Square to sign the URL that its webhooks go to', () => {
    const { sandboxes } = parseConfig(sandboxEnvironment({ ports, dataDirectory: '/nowhere', api }));
    expect(sandboxes.square?.webhookTargets).toEqual([environment().SQUARE_WEBHOOK_URL]);
    expect(sandboxes.gohighlevel?.webhookTargets).toEqual([`${api}/webhook/ghl`]);
  });

  it('inherits no variable of a real account from the shell', () => {
    for (const name of names) process.env[name] = 'real';
    expect(Object.values({ ...environment(), ...sandboxEnvironment({ ports, dataDirectory: '/nowhere', api }) })).not.toContain(
      'real',
    );
  });
});
