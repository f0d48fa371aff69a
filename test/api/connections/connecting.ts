import { expect } from '@jest/globals';
import type { ZodObject } from 'zod';
import type { ConnectableAccount, ConnectionSettings } from '#api/deps.ts';
import { providers } from '#providers/index.ts';
import { sandboxes as definitions } from '#sandbox/index.ts';
import { startTestApi, type TestApi } from '#test/api/test-api.ts';
import { testEncryptionKey } from '#test/setup/provider-settings.ts';
import { closeSandboxes, type Sandboxes, startSandboxes } from '#test/setup/sandboxes.ts';

/** The vendors know it as the redirect URI; the test calls the api itself. */
const testUrl = 'http://accord.test';
export const redirectUri = `${testUrl}/connections/callback`;

export interface Shown {
  account: string;
  state: string;
  source: string | null;
  advice: string | null;
  methods: string[];
  method: string | null;
  identity: { id: string; name: string | null } | null;
  scopes: string[] | null;
  expiresAt: string | null;
  failingSince: string | null;
  lastError: { type: string; message: string } | null;
  checks: { name: string; isOk: boolean; message: string; fix: string | null }[] | null;
}

export interface Started {
  id: string;
  authorizeUrl: string;
}

export type Connecting = Awaited<ReturnType<typeof startConnecting>>;

/** The api with sandboxes that nobody has connected, and a person with a browser. With a port, the api is reached there. */
export async function startConnecting({ port }: { port?: number } = {}) {
  const publicUrl = port === undefined ? testUrl : `http://127.0.0.1:${port}`;
  const sandboxes = await startSandboxes(['google', 'square', 'gohighlevel', 'calltools']);
  for (const { settings } of Object.values(sandboxes)) {
    if ('redirectUris' in settings.current) settings.patch({ redirectUris: [`${publicUrl}/connections/callback`] });
  }
  const accounts = new Map(definitions.map(({ id }) => [id as string, connectable(id, sandboxes)]));
  const connections: ConnectionSettings = { accounts, encryptionKey: testEncryptionKey, newAccounts: 'observe' };
  const api = await startTestApi({ connections, publicUrl, ...(port === undefined ? {} : { port }) });
  return {
    ...{ api, sandboxes, connections, accounts },
    show: (account: string) => dataOf<Shown>(api.get(`/api/v1/connections/${account}`)),
    begin: (account: string, query = '') => dataOf<Started>(api.post(`/api/v1/connections/${account}/authorize${query}`, {})),
    follow: (id: string) => dataOf<{ state: string; message: string }>(api.get(`/api/v1/connections/authorizations/${id}`)),
    put: (account: string, variables: Record<string, string>, query = '') =>
      api.request('PUT', `/api/v1/connections/${account}${query}`, { variables }),
    /** Opens what a vendor's page redirects to. */
    visit: (location: string) => fetch(`${api.url}${location.slice(publicUrl.length)}`),
    async close() {
      await api.close();
      await closeSandboxes(sandboxes);
    },
  };
}

function connectable(id: string, sandboxes: Sandboxes): ConnectableAccount {
  const provider = providers.find((each) => each.id === id);
  const sandbox = definitions.find((each) => each.id === id);
  const running = Object.values(sandboxes).find((each) => each.id === id);
  if (!provider?.connector || !sandbox || !running) throw new Error(`There is no ${id}`);
  const info = { control: running.controlUrl, ...running.info() };
  const unbound = { rate: { requestsPerSecond: 1_000, burst: 1_000 } };
  const { shape } = provider.accountSchema as ZodObject;
  const account = provider.accountSchema.parse({
    ...('rate' in shape ? unbound : {}),
    ...('accountSettings' in sandbox && sandbox.accountSettings),
  });
  return {
    ...{ provider, connector: provider.connector, account, isInEnvironment: false, isLocalOnly: true },
    variables: sandbox.appEnvironment?.(sandbox.account.parse(info) as never) ?? {},
    lists: id === 'calltools' ? ['Cold Leads', 'Nobody has made this'] : [],
  };
}

/** The button of the vendor's page. Returns where the browser is sent to. */
export async function decide(
  authorizeUrl: string,
  decision: 'allow' | 'deny' = 'allow',
  without: string[] = [],
): Promise<string> {
  expect((await fetch(authorizeUrl)).status).toBe(200);
  const form = new URLSearchParams({ decision });
  for (const scope of without) form.append('without', scope);
  const response = await fetch(authorizeUrl, { method: 'POST', body: form, redirect: 'manual' });
  return response.headers.get('location') ?? '';
}

async function dataOf<T>(answering: Promise<Response>): Promise<T> {
  const response = await answering;
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return JSON.parse(text).data;
}

/** All text of the tables that credentials could leak into. */
export async function storedText({ db }: TestApi): Promise<string> {
  const rows = [
    await db.selectFrom('connection').selectAll().execute(),
    await db.selectFrom('authorization_request').selectAll().execute(),
    await db.selectFrom('audit_log').selectAll().execute(),
    await db.selectFrom('oauth_token').selectAll().execute(),
  ];
  return JSON.stringify(rows, (_, value) => (value?.type === 'Buffer' ? Buffer.from(value.data).toString('latin1') : value));
}
