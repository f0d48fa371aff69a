import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig, loadWorkspaces } from '#config.ts';
import { seal, unseal } from '#db/seal.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A folder with accord.yaml and the files of workspaces; the environment that names it. */
function project(files: Record<string, string> = {}, env: Record<string, string> = {}): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'accord-workspaces-'));
  folders.push(folder);
  for (const [name, text] of Object.entries({ 'accord.yaml': '', ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return { ACCORD_CONFIG: join(folder, 'accord.yaml'), ...base, ...env };
}

const base = {
  DATABASE_URL: 'postgres://accord:secret@db:5432/accord?sslmode=require',
  ACCORD_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
  PUBLIC_URL: 'https://accord.example.com/',
  GHL_LOCATION_ID: 'main-location',
  GHL_API_KEY: 'main-key',
};

const two = { 'workspaces/acme.yaml': 'newAccounts: live\n', 'workspaces/corner-shop.yaml': '' };

function problemsOf(env: Record<string, string>): string[] {
  try {
    loadWorkspaces({ env });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((each) => each.replaceAll(dirname(env.ACCORD_CONFIG ?? ''), '.'));
    throw error;
  }
  return [];
}

describe('without a folder of workspaces', () => {
  it('there is the default workspace only', () => {
    const { main, others } = loadWorkspaces({ env: project() });
    expect(main.workspace).toBeNull();
    expect(others).toEqual([]);
  });

  it('so it is under npm start, whose accounts are sandboxes', () => {
    const env = project(
      { ...two, 'accord.yaml': 'profiles: { sandbox: {} }' },
      { ACCORD_PROFILE: 'sandbox', GHL_BASE_URL: 'http://127.0.0.1:1' },
    );
    expect(loadWorkspaces({ env }).others).toEqual([]);
  });
});

describe('a workspace', () => {
  const env = project(two, {
    ACME__GHL_LOCATION_ID: 'acme-location',
    ACME__GHL_API_KEY: 'acme-key',
    CORNER_SHOP__PUBLIC_URL: 'https://corner.example.com',
  });
  const { main, others } = loadWorkspaces({ env, need: ['database', 'encryptionKey'] });
  const [acme, corner] = others;

  it('has a file, a database, a namespace and a public URL of its own', () => {
    expect(others.map(({ workspace }) => workspace?.name)).toEqual(['acme', 'corner-shop']);
    expect(others.map(({ database }) => database.url)).toEqual([
      'postgres://accord:secret@db:5432/accord_acme?sslmode=require',
      'postgres://accord:secret@db:5432/accord_corner_shop?sslmode=require',
    ]);
    expect(others.map(({ workspace }) => workspace?.temporal)).toEqual([
      { TEMPORAL_NAMESPACE: 'default-acme' },
      { TEMPORAL_NAMESPACE: 'default-corner-shop' },
    ]);
    expect(others.map(({ http }) => http.publicUrl)).toEqual(['https://accord.example.com/w/acme', 'https://corner.example.com']);
    expect(others.map(({ newAccounts }) => newAccounts)).toEqual(['live', 'observe']);
  });

  it('never has the vendor accounts of another one', () => {
    expect(main.accounts.gohighlevel?.secrets).toMatchObject({ GHL_LOCATION_ID: 'main-location', GHL_API_KEY: 'main-key' });
    expect(acme?.accounts.gohighlevel?.secrets).toMatchObject({ GHL_LOCATION_ID: 'acme-location', GHL_API_KEY: 'acme-key' });
    expect(corner?.accounts).not.toHaveProperty('gohighlevel');
    expect(corner?.notConnected.find(({ provider }) => provider === 'gohighlevel')?.because).toContain(
      'CORNER_SHOP__GHL_LOCATION_ID',
    );
  });

  it('is told of problems by the names of its own variables', () => {
    const route = acme?.providers
      .find(({ id }) => id === 'gohighlevel')
      ?.webhookRoutes?.find(({ paths }) => paths[0] === '/webhook/ghl-workflow');
    const request = { headers: {}, rawBody: Buffer.from('{}'), receivedAt: new Date() };
    const verdict = route?.receive(request, acme?.accounts.gohighlevel ?? { account: {}, secrets: {} });
    expect(verdict).toMatchObject({ kind: 'refused', reason: expect.stringContaining('ACME__GHL_WORKFLOW_SECRET') });
  });

  it('has a key of its own: what another one has encrypted cannot be opened', () => {
    const sealed = seal('token', { key: acme?.encryptionKey ?? Buffer.alloc(32), boundTo: 'connection/square' });
    expect(unseal(sealed, { key: acme?.encryptionKey ?? Buffer.alloc(32), boundTo: 'connection/square' })).toBe('token');
    for (const other of [main, corner])
      expect(() => unseal(sealed, { key: other?.encryptionKey ?? Buffer.alloc(32), boundTo: 'connection/square' })).toThrow(
        'another',
      );
  });

  it('keeps its secrets when the key of all of them is rotated', () => {
    const sealed = seal('token', { key: acme?.encryptionKey ?? Buffer.alloc(32), boundTo: 'x' });
    const rotated = { ...env, ACCORD_ENCRYPTION_KEYS: `2026:${Buffer.alloc(32, 2).toString('base64')}` };
    const key = loadConfig({ env: rotated, need: ['encryptionKey'], workspace: 'acme' }).encryptionKey;
    expect(unseal(sealed, { key, boundTo: 'x' })).toBe('token');
  });

  it('is chosen by ACCORD_WORKSPACE', () => {
    expect(loadConfig({ env: { ...env, ACCORD_WORKSPACE: 'acme' } }).workspace?.name).toBe('acme');
    expect(loadConfig({ env: { ...env, ACCORD_WORKSPACE: 'default' } }).workspace).toBeNull();
    expect(() => loadConfig({ env: { ...env, ACCORD_WORKSPACE: 'acne' } })).toThrow('The workspace "acne" does not exist');
  });
});

it('takes the namespace of Temporal Cloud before the id of the account', () => {
  const { others } = loadWorkspaces({ env: project(two, { TEMPORAL_NAMESPACE: 'prod.a1b2c', TEMPORAL_API_KEY: 'key' }) });
  expect(others[0]?.workspace?.temporal).toEqual({ TEMPORAL_NAMESPACE: 'prod-acme.a1b2c', TEMPORAL_API_KEY: 'key' });
});

it('lets the roles of a worker name accounts that a workspace does not have', () => {
  const env = project(
    { ...two, 'accord.yaml': 'accounts: { gohighlevel-west: {} }' },
    { WORKER_ROLES: 'workflows,gohighlevel-west' },
  );
  expect(loadWorkspaces({ env }).others[0]?.workerRoles).toEqual(['workflows', 'gohighlevel-west']);
});

describe('refuses', () => {
  it.each<[string, Record<string, string>, Record<string, string>, string]>([
    [
      'a name that is no part of a URL',
      { 'workspaces/Acme.yaml': '' },
      {},
      './workspaces/Acme.yaml: the name of a workspace has',
    ],
    ['the name default', { 'workspaces/default.yaml': '' }, {}, './workspaces/default.yaml: the workspace default is'],
    ['a mistake in a file, by its line', { 'workspaces/acme.yaml': 'sharring: {}' }, {}, './workspaces/acme.yaml:1: sharring'],
    ['half of the secrets of an account', two, { ACME__CALLTOOLS_API_KEY: 'key' }, 'ACME__CALLTOOLS_BASE_URL is not set'],
    ['a variable of the process', two, { ACME__PORT: '1' }, 'ACME__PORT has no effect'],
    [
      'a variable of a workspace that does not exist',
      two,
      { ACNE__GHL_API_KEY: 'key' },
      'ACNE__GHL_API_KEY is set, but ./workspaces has no acne.yaml',
    ],
    [
      'one vendor account in two workspaces',
      two,
      { ACME__GHL_LOCATION_ID: 'MAIN-location', ACME__GHL_API_KEY: 'k' },
      'GHL_LOCATION_ID and ACME__GHL_LOCATION_ID have the same value',
    ],
    [
      'one database for two workspaces',
      two,
      { ACME__DATABASE_URL: 'postgres://other@db/accord' },
      'DATABASE_URL and ACME__DATABASE_URL have',
    ],
    [
      'one namespace for two workspaces',
      two,
      { ACME__TEMPORAL_NAMESPACE: 'default' },
      'TEMPORAL_NAMESPACE and ACME__TEMPORAL_NAMESPACE have',
    ],
  ])('%s', (_, files, env, problem) => {
    expect(problemsOf(project(files, env))).toEqual([expect.stringContaining(problem)]);
  });

  it('no two businesses with one server of a vendor, such as a silo of CallTools', () => {
    const silo = 'https://east-1.calltools.io/api';
    const main = { CALLTOOLS_BASE_URL: silo, CALLTOOLS_API_KEY: 'a'.repeat(40) };
    const acme = { ACME__CALLTOOLS_BASE_URL: silo, ACME__CALLTOOLS_API_KEY: 'b'.repeat(40) };
    expect(problemsOf(project(two, { ...main, ...acme }))).toEqual([]);
    expect(problemsOf(project(two, { ...main, ...acme, ACME__CALLTOOLS_API_KEY: 'a'.repeat(40) }))).toEqual([
      expect.stringContaining('CALLTOOLS_API_KEY and ACME__CALLTOOLS_API_KEY have the same value'),
    ]);
  });

  it('nothing of a second account of the default workspace', () => {
    const accounts = { 'accord.yaml': 'accounts: { gohighlevel-west: {} }' };
    const west = { GHL_LOCATION_ID__WEST: 'west', GHL_API_KEY__WEST: 'k' };
    expect(problemsOf(project({ ...two, ...accounts }, west))).toEqual([]);
  });
});
