import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { withFurtherAccounts } from '#config/accounts.ts';
import { reportStart } from '#config/start-report.ts';
import { findSecretNames } from '#config/variables.ts';
import { ConfigError, loadConfig } from '#config.ts';
import { parseAccountId } from '#domain/account-id.ts';
import { providers as vendors } from '#providers/index.ts';
import { schedulesOf } from '#schedules.ts';

const directory = mkdtempSync(join(tmpdir(), 'accord-accounts-'));
afterAll(() => rmSync(directory, { recursive: true }));

const first = { GHL_LOCATION_ID: 'locationEast', GHL_API_KEY: 'pit-east', GHL_WEBHOOK_SECRET: 'a secret of both accounts' };
const west = { GHL_LOCATION_ID__WEST: 'locationWest', GHL_API_KEY__WEST: 'pit-west' };
const google = { GOOGLE_CLIENT_ID: 'client', GOOGLE_CLIENT_SECRET: 'client-secret', GOOGLE_REFRESH_TOKEN: 'token' };
const twoLocations = 'accounts:\n  gohighlevel-west: { name: West office, rate: { requestsPerSecond: 2 } }\n';

function load(text: string, env: Record<string, string> = {}) {
  const path = join(directory, 'accord.yaml');
  writeFileSync(path, text);
  return loadConfig({ env: { ACCORD_CONFIG: path, ...env } });
}

function problemsOf(text: string, env: Record<string, string> = {}): string[] {
  try {
    load(text, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((problem) => problem.replace(`${directory}/`, ''));
    throw error;
  }
  return [];
}

const refuse = () => Promise.reject(new Error('An account with a key has no tokens.'));
const noTokens = { find: refuse, refreshExclusively: refuse, saveFailure: refuse };

it('changes nothing for an accord.yaml from before: the accounts are those of the vendors', () => {
  const config = loadConfig({ env: { ACCORD_CONFIG: 'accord.yaml' } });
  expect(config.providers).toEqual(vendors);
  for (const [place, provider] of config.providers.entries()) expect(provider).toBe(vendors[place]);
});

it.each(vendors)('$id can have further accounts by its own variables, or is the one source of its kind', (vendor) => {
  expect(parseAccountId(vendor.id)).toEqual({ vendor: vendor.id, suffix: null });
  expect(findSecretNames(vendor.secretsSchema).all).toEqual(expect.arrayContaining([...(vendor.accountVariables ?? [])]));
  expect(vendor.accountVariables === undefined).toBe(vendor.isSourceOnly === true);
});

describe('a further account of a vendor', () => {
  it('has its own settings and keys, and shares the webhook secret of the first one', () => {
    const { accounts, providers } = load(twoLocations, { ...first, ...west });
    expect(accounts['gohighlevel-west']).toMatchObject({
      account: { rate: { requestsPerSecond: 2 } },
      secrets: { GHL_LOCATION_ID: 'locationWest', GHL_API_KEY: 'pit-west', GHL_WEBHOOK_SECRET: first.GHL_WEBHOOK_SECRET },
    });
    expect(accounts.gohighlevel).toMatchObject({
      account: { rate: { requestsPerSecond: 8 } },
      secrets: { GHL_LOCATION_ID: 'locationEast', GHL_API_KEY: 'pit-east' },
    });
    expect(providers.map(({ id, name }) => [id, name]).slice(0, 3)).toEqual([
      ['gohighlevel', 'GoHighLevel'],
      ['gohighlevel-west', 'GoHighLevel (West office)'],
      ['calltools', 'CallTools'],
    ]);
  });

  it('has a client of its own, with its own rate', () => {
    const { accounts, providers } = load(twoLocations, { ...first, ...west });
    const clients = ['gohighlevel', 'gohighlevel-west'].map((id) => {
      const { account, secrets } = accounts[id] ?? {};
      return providers.find((each) => each.id === id)?.connect({ account, secrets, tokens: noTokens, lists: [] });
    });
    expect(clients).toMatchObject([
      { accountId: 'locationEast', requestsPerSecond: 8 },
      { accountId: 'locationWest', requestsPerSecond: 2 },
    ]);
  });

  it('has a shared setting of its own where its variable is set', () => {
    const env = { ...first, ...west, GHL_WEBHOOK_SECRET__WEST: 'a secret of the west' };
    const { accounts } = load(twoLocations, env);
    expect(accounts['gohighlevel-west']?.secrets).toMatchObject({ GHL_WEBHOOK_SECRET: 'a secret of the west' });
    expect(accounts.gohighlevel?.secrets).toMatchObject({ GHL_WEBHOOK_SECRET: first.GHL_WEBHOOK_SECRET });
  });

  it('is not connected by the keys of the first one', () => {
    const { accounts, notConnected } = load(twoLocations, first);
    expect(Object.keys(accounts)).toEqual(['gohighlevel']);
    expect(notConnected).toContainEqual({
      provider: 'gohighlevel-west',
      because: expect.stringMatching(/^GoHighLevel \(West office\) is not connected: GHL_LOCATION_ID__WEST is not set/),
    });
    expect(load('accounts: { google-office: {} }', google).notConnected).toContainEqual({
      provider: 'google-office',
      because: expect.stringMatching(/^Google Contacts \(office\) is not connected: GOOGLE_REFRESH_TOKEN__OFFICE is not set/),
    });
  });

  it('works without the first one', () => {
    expect(Object.keys(load(twoLocations, west).accounts)).toEqual(['gohighlevel-west']);
  });

  it('has hyphens of its key as underscores in its variables', () => {
    const { accounts } = load('accounts: { square-shop-2: {} }', {
      SQUARE_MERCHANT_ID__SHOP_2: 'merchant',
      SQUARE_ACCESS_TOKEN__SHOP_2: 's'.repeat(40),
    });
    expect(accounts['square-shop-2']?.secrets).toMatchObject({ SQUARE_MERCHANT_ID: 'merchant' });
  });

  it('has its place in audiences, sharing, conflicts, schedules and worker roles', () => {
    const text = `
accounts: { calltools-b: {}, google-office: {} }
audiences:
  leads: { when: { anyTag: [lead] }, then: { calltools-b: { bucket: Leads } } }
sharing: { google-office: linked }
conflicts: { order: [google-office, gohighlevel] }
schedules: { poll: { google-office: "*/2 * * * *" } }`;
    const env = {
      ...{ WORKER_ROLES: 'google-office', ...google, GOOGLE_REFRESH_TOKEN__OFFICE: 'other-token' },
      ...{ CALLTOOLS_BASE_URL__B: 'https://b.calltools.io/api', CALLTOOLS_API_KEY__B: 'key' },
    };
    const config = load(text, env);
    expect(config.audiences[0]?.then).toHaveProperty('calltools-b');
    expect(config.sharing).toEqual({ 'google-office': 'linked' });
    expect(config.conflicts.order).toEqual(['google-office', 'gohighlevel']);
    expect(config.workerRoles).toEqual(['google-office']);
    expect(schedulesOf(config)).toMatchObject({
      providers: [
        { id: 'calltools-b', isPolled: true },
        { id: 'google', isPolled: true },
        { id: 'google-office', isPolled: true },
      ],
      schedules: { poll: { google: '* * * * *', 'google-office': '*/2 * * * *', 'calltools-b': '*/5 * * * *' } },
    });
  });

  it('comes behind the first account where the order of authority leaves it out', () => {
    const providers = ['gohighlevel', 'gohighlevel-west', 'square', 'google'].map((id) => ({ id }));
    expect(withFurtherAccounts(['square', 'gohighlevel', 'webform'], providers)).toEqual([
      ...['square', 'gohighlevel', 'gohighlevel-west', 'webform'],
    ]);
    expect(withFurtherAccounts(['gohighlevel-west', 'gohighlevel'], providers)).toEqual(['gohighlevel-west', 'gohighlevel']);
  });

  it('may be of one profile only', () => {
    const text =
      'accounts: {}\nprofiles: { both: { accounts: { gohighlevel-west: {} }, sharing: { gohighlevel-west: linked } } }';
    expect(load(text).providers.map(({ id }) => id)).not.toContain('gohighlevel-west');
    expect(load(text, { ...west, ACCORD_PROFILE: 'both' }).accounts).toHaveProperty('gohighlevel-west');
  });

  it.each([
    [
      'accounts: { hubspot-west: {} }',
      'accord.yaml:1: accounts.hubspot-west: no such vendor: a key is gohighlevel, calltools, square, google or webform, and for a second account of one of them a name after a hyphen, such as gohighlevel-west',
    ],
    [
      'accounts: { gohighlevel-West: {} }',
      "accord.yaml:1: accounts.gohighlevel-West: after the vendor's id, an account's key has lower-case letters, digits and hyphens, and at most 60 characters",
    ],
    [
      'accounts: { webform-two: {} }',
      'accord.yaml:1: accounts.webform-two: Web forms have one account: its settings belong under accounts.webform',
    ],
    [
      'accounts: { gohighlevel-west: { pagesize: 7 } }',
      'accord.yaml:1: accounts.gohighlevel-west.pagesize: unknown setting; did you mean pageSize?',
    ],
    [
      'accounts: { square-b: {} }\nsharing: { square-c: linked }',
      'accord.yaml:2: sharing.square-c: there is no accounts.square-c',
    ],
  ])('is refused with its line: %s', (text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });

  it('is refused when it is another key for the same location, silo, merchant or grant', () => {
    expect(problemsOf(twoLocations, { ...first, ...west, GHL_LOCATION_ID__WEST: 'locationEast' })).toEqual([
      'GHL_LOCATION_ID and GHL_LOCATION_ID__WEST have the same value: accounts.gohighlevel and accounts.gohighlevel-west would be one account',
    ]);
    expect(problemsOf('accounts: { google-office: {} }', { ...google, GOOGLE_REFRESH_TOKEN__OFFICE: 'token' })).toEqual([
      'GOOGLE_REFRESH_TOKEN and GOOGLE_REFRESH_TOKEN__OFFICE have the same value: accounts.google and accounts.google-office would be one account',
    ]);
  });

  it.each([
    [
      { GHL_API_KEY__WESR: 'pit' },
      'GHL_API_KEY__WESR is set, but accord.yaml has no accounts.gohighlevel-wesr; did you mean GHL_API_KEY__WEST?',
    ],
    [
      { GHL_LOCATION_ID__WEST: 'locationWest' },
      expect.stringMatching(
        /^GHL_API_KEY__WEST is not set: Set GHL_API_KEY__WEST to .* GHL_CLIENT_ID, GHL_CLIENT_SECRET and GHL_REFRESH_TOKEN__WEST\.$/,
      ),
    ],
    [{ GHL_API_KEY__WEST: 'pit' }, 'GHL_LOCATION_ID__WEST is not set, but GoHighLevel (West office) requires it'],
    [
      { ...west, GHL_WORKFLOW_SECRET__WEST: 'short' },
      'GHL_WORKFLOW_SECRET__WEST is invalid: must have at least 16 characters: openssl rand -hex 32',
    ],
  ])('names its own variables in a problem: %j', (env, problem) => {
    expect(problemsOf(twoLocations, env)).toEqual([problem]);
  });

  it('leaves variables of other programs alone, and reports misspelled ones of its own', () => {
    const env = { ...west, GOOGLE_APPLICATION_CREDENTIALS__X: 'x', GHL_API_KYE__WEST: 'x' };
    expect(problemsOf(twoLocations, env)).toEqual([]);
    expect(reportStart(load(twoLocations, west), env).misspelled).toEqual([
      'GHL_API_KYE__WEST is no setting of Accord. Did you mean GHL_API_KEY__WEST?',
    ]);
  });
});

it('is accepted by accord.schema.json, and a misspelled setting is not', () => {
  const validate = new Ajv({ allErrors: true }).compile(JSON.parse(readFileSync('accord.schema.json', 'utf8')));
  const check = (text: string) => validate(parse(text)) || validate.errors;
  const placed = 'audiences: { leads: { when: { anyTag: [a] }, then: { calltools-b: { bucket: x } } } }';
  expect(check(`${twoLocations}sharing: { gohighlevel-west: linked }\nconflicts: { order: [gohighlevel-west] }\n${placed}`)).toBe(
    true,
  );
  expect(check('profiles: { test: { accounts: { gohighlevel-west: { pageSize: 7 } } } }')).toBe(true);
  for (const wrong of [
    'accounts: { gohighlevel-west: { pagesize: 7 } }',
    'accounts: { webform-b: {} }',
    'sharing: { hubspot-b: linked }',
  ])
    expect(check(wrong)).not.toBe(true);
});
