import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { z } from 'zod';
import { environmentSchema } from '#config/environment.ts';
import { accordJsonSchema } from '#config/publish-schema.ts';
import { reportStart } from '#config/start-report.ts';
import { findSecretNames } from '#config/variables.ts';
import { ConfigError, loadConfig } from '#config.ts';
import { providers, square as squareProvider } from '#providers/index.ts';
import type { Provider } from '#providers/provider.ts';

const directory = mkdtempSync(join(tmpdir(), 'accord-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

const calltools = { CALLTOOLS_BASE_URL: 'https://east-1.calltools.io/api/', CALLTOOLS_API_KEY: 'c'.repeat(40) };
const gohighlevel = { GHL_LOCATION_ID: 'location', GHL_API_KEY: 'pit-key' };
const google = { GOOGLE_CLIENT_ID: 'client', GOOGLE_CLIENT_SECRET: 's'.repeat(40), GOOGLE_REFRESH_TOKEN: 'token' };
const square = { SQUARE_ACCESS_TOKEN: 's'.repeat(40), SQUARE_MERCHANT_ID: 'merchant' };
const published = { ACCORD_CONFIG: 'accord.yaml' };

function write(text: string): { ACCORD_CONFIG: string } {
  const path = join(directory, 'accord.yaml');
  writeFileSync(path, text);
  return { ACCORD_CONFIG: path };
}

function problemsOf(env: Record<string, string>, options: Omit<Parameters<typeof loadConfig>[0], 'env'> = {}): string[] {
  try {
    loadConfig({ ...options, env });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((problem) => problem.replace(`${directory}/`, ''));
    throw error;
  }
  return [];
}

describe('the published accord.yaml', () => {
  it('loads with its audiences and schedules', () => {
    const { audiences, schedules } = loadConfig({ env: published });
    expect(audiences).toEqual([
      {
        name: 'cold-leads',
        when: { anyTag: ['cold lead'] },
        unless: { anyTag: ['customer', 'client', 'won', 'purchased'], isCustomer: true, doNotCall: true },
        needs: ['phone'],
        then: { calltools: { lists: ['Cold Leads'], addTags: [], removeTags: [] } },
      },
      {
        name: 'active-clients',
        when: { anyTag: ['active client'] },
        unless: { doNotCall: true },
        needs: ['phone'],
        then: { calltools: { lists: ['Active clients'], addTags: ['Active client'], removeTags: ['Cold lead'] } },
      },
    ]);
    expect(schedules).toEqual({ reconcile: '0 2 * * *', poll: { calltools: '*/5 * * * *', google: '* * * * *' } });
  });

  it('limits real accounts strictly and the sandboxes loosely', () => {
    const rateOf = (env: Record<string, string>) =>
      loadConfig({ env: { ...published, ...calltools, ...env } }).accounts.calltools?.account;
    const sandbox = { ACCORD_PROFILE: 'sandbox', CALLTOOLS_BASE_URL: 'http://127.0.0.1:4102/api' };
    expect(rateOf({})).toMatchObject({ rate: { requestsPerSecond: 2 }, concurrency: 2, createBuckets: false, createTags: true });
    expect(rateOf(sandbox)).toMatchObject({
      rate: { requestsPerSecond: 50 },
      concurrency: 10,
      createBuckets: true,
      createTags: true,
    });
  });
});

it.each([
  ['http://127.0.0.1:4102/api', []],
  ['http://localhost:4102/api', []],
  ['http://[::1]:4102/api', []],
  ['https://east-1.calltools.io/api', ['CALLTOOLS_BASE_URL']],
  ['https://127.0.0.1.attacker.example/api', ['CALLTOOLS_BASE_URL']],
])('the sandbox profile is refused beside a real account: CALLTOOLS_BASE_URL=%s', (url, refused) => {
  const env = { ...published, ...calltools, ACCORD_PROFILE: 'sandbox', CALLTOOLS_BASE_URL: url };
  const sentence = (name: string) =>
    `ACCORD_PROFILE is sandbox, but ${name} is not a sandbox on this machine: unset ACCORD_PROFILE`;
  expect(problemsOf(env)).toEqual(refused.map(sentence));
});

describe('the report of a start', () => {
  it('names what is connected, what is not and why, and the permissions of a development machine', () => {
    const env = { ...published, ...calltools, ACCORD_PROFILE: 'sandbox', CALLTOOLS_BASE_URL: 'http://127.0.0.1:4102/api' };
    const { connected, notConnected, openDoors } = reportStart(loadConfig({ env }), env);
    expect(connected).toContain('calltools');
    expect(notConnected).toContainEqual(expect.stringMatching(/^Square is not connected: .*SQUARE_MERCHANT_ID/));
    expect(openDoors).toEqual([
      'Endpoints may be at private addresses: 127.0.0.0/8, ::1/128.',
      'Endpoints may use http, without encryption.',
      'ACCORD_ENCRYPTION_KEY is not set: there are no lead webhooks and no OAuth grants.',
    ]);
  });

  it('names variables that look like misspelled ones of ours, without their values', () => {
    const env = { GHL_WEBHOOK_SECERT: 'opensesame', ACCORD_ENCRYPTON_KEY: 'k', GOOGLE_APPLICATION_CREDENTIALS: 'x', PATH: '/' };
    const { misspelled } = reportStart(loadConfig({ env: published }), { ...env, GHL_WEBHOOK_SECRET: 'right' });
    expect(misspelled).toEqual([
      'GHL_WEBHOOK_SECERT is no setting of Accord. Did you mean GHL_WEBHOOK_SECRET?',
      'ACCORD_ENCRYPTON_KEY is no setting of Accord. Did you mean ACCORD_ENCRYPTION_KEY?',
    ]);
  });
});

describe('a retired variable', () => {
  it('is reported, and stops no start', () => {
    const { retired } = reportStart(loadConfig({ env: { ...published, WORKER_COPIES: '2' } }), { WORKER_COPIES: '2' });
    expect(retired).toEqual(['WORKER_COPIES has no effect: workers share the rate of an account by themselves. Remove it.']);
  });
});

describe('accord.schema.json', () => {
  const schema = readFileSync('accord.schema.json', 'utf8');

  it('is up to date (npm run schema)', () => {
    expect(schema).toBe(accordJsonSchema());
  });

  it('accepts accord.yaml and rejects a misspelt setting, in a profile too', () => {
    const validate = new Ajv({ allErrors: true }).compile(JSON.parse(schema));
    const yaml = parse(readFileSync('accord.yaml', 'utf8'));
    validate(yaml);
    expect(validate.errors).toBeNull();
    expect(validate({ ...yaml, audience: {} })).toBe(false);
    expect(validate({ ...yaml, profiles: { sandbox: { accounts: { calltools: { pagesize: 1 } } } } })).toBe(false);
  });

  it('describes every field', () => {
    const bare: string[] = [];
    const visit = (node: Record<string, unknown>, path: string): void => {
      for (const [key, part] of Object.entries((node.properties ?? {}) as Record<string, Record<string, unknown>>)) {
        if (!part.description) bare.push(`${path}${key}`);
        visit(part, `${path}${key}.`);
      }
      if (typeof node.additionalProperties === 'object') visit(node.additionalProperties as Record<string, unknown>, `${path}*.`);
    };
    visit(JSON.parse(schema), '');
    expect(bare).toEqual([]);
  });
});

it('reads addresses of the business itself', () => {
  const text = 'matching:\n  ownAddresses: [Front.Desk+x@GMail.com, "@OurShop.example", +1 (512) 362-0143, info@ourshop.example]';
  expect(loadConfig({ env: write(text) }).matching.ownAddresses).toEqual({
    mailboxes: ['frontdesk@gmail.com', 'info@ourshop.example'],
    domains: ['ourshop.example'],
    phones: ['+15123620143'],
  });
  expect(loadConfig({ env: write('') }).matching.ownAddresses).toEqual({ mailboxes: [], domains: [], phones: [] });
});

it('reads the policies of deletes, for further accounts, too', () => {
  const text = 'accounts:\n  square-west: {}\ndeletes:\n  from:\n    square-west: { policy: ignore, to: { calltools: archive } }';
  expect(loadConfig({ env: write(text) }).deletes).toEqual({
    policy: 'ask',
    maxPerHour: 20,
    from: { 'square-west': { policy: 'ignore', to: { calltools: 'archive' } } },
  });
  expect(loadConfig({ env: write('') }).deletes).toEqual({ policy: 'ask', maxPerHour: 20, from: {} });
});

describe('an invalid accord.yaml', () => {
  it.each([
    ['account: {}', 'accord.yaml:1: account: unknown setting; did you mean accounts?'],
    [
      'accounts:\n  calltools:\n    page_size: 9',
      'accord.yaml:3: accounts.calltools.page_size: unknown setting; did you mean pageSize?',
    ],
    [
      'accounts:\n  calltools:\n    rate: { requestsPerSecnd: 9 }',
      'accord.yaml:3: accounts.calltools.rate.requestsPerSecnd: unknown setting; did you mean requestsPerSecond?',
    ],
    [
      'conflicts:\n  fields:\n    note: { mode: keep-both }',
      'accord.yaml:3: conflicts.fields.note.mode: Invalid option: expected one of "authority"|"newest"|"ask"|"owner"',
    ],
    // Square has no archive, and a policy for all targets would include it.
    [
      'deletes:\n  from:\n    google: { to: { square: archive } }',
      'accord.yaml:3: deletes.from.google.to.square: Invalid option: expected one of "ignore"|"ask"|"delete"',
    ],
    ['deletes:\n  policy: archive', 'accord.yaml:2: deletes.policy: Invalid option: expected one of "ignore"|"ask"|"delete"'],
    ['deletes:\n  from:\n    webform: { policy: ask }', 'accord.yaml:3: deletes.from.webform: unknown setting'],
    ...[
      [
        'front desk',
        'must be an email address, a domain such as "@ourshop.example", or a phone number with its country code such as "+1 512 555 0143"',
      ],
      [
        '512 555 0143',
        'must be an email address, a domain such as "@ourshop.example", or a phone number with its country code such as "+1 512 555 0143"',
      ],
      ['front desk@ourshop.example', 'is no email address'],
      ['@ourshop', 'is no domain: write it as "@ourshop.example"'],
      ['@gmail.com', 'is a mail service with mailboxes of many people: list single addresses'],
      ['+1 512', 'is no phone number without extension'],
      ['+1 512 362 0143 ext. 4', 'is no phone number without extension'],
    ].map(([address, problem]) => [
      `matching:\n  ownAddresses: ["${address}"]`,
      `accord.yaml:2: matching.ownAddresses.0: ${problem}`,
    ]),
    [
      'accounts:\n  hubspot: {}',
      'accord.yaml:2: accounts.hubspot: no such vendor: a key is gohighlevel, calltools, square, google or webform, and for a second account of one of them a name after a hyphen, such as gohighlevel-west',
    ],
    [
      'accounts:\n  calltools:\n    pageSize: many',
      'accord.yaml:3: accounts.calltools.pageSize: expected number, received string',
    ],
    [
      'accounts:\n  calltools:\n    pageSize: 900',
      'accord.yaml:3: accounts.calltools.pageSize: Too big: expected number to be <=250',
    ],
    ['audiences:\n  leads:\n    then: { calltools: { bucket: x } }', 'accord.yaml:2: audiences.leads.when: is missing'],
    [
      'audiences:\n  leads:\n    when: {}\n    then: { calltools: { bucket: x } }',
      'accord.yaml:3: audiences.leads.when: is empty, and would match every contact',
    ],
    [
      'audiences:\n  leads:\n    when: { anyTag: [a, " "] }\n    then: { calltools: { bucket: x } }',
      'accord.yaml:3: audiences.leads.when.anyTag.1: A tag cannot be blank.',
    ],
    [
      'audiences:\n  leads:\n    when: { isCustomer: true }\n    then: {}',
      'accord.yaml:4: audiences.leads.then: names no provider',
    ],
    [
      'audiences:\n  leads:\n    when: { isCustomer: true }\n    then: { calltool: { bucket: x } }',
      'accord.yaml:4: audiences.leads.then.calltool: unknown setting; did you mean calltools?',
    ],
    [
      'audiences:\n  leads:\n    when: { isCustomer: true }\n    then:\n      calltools: {}',
      'accord.yaml:5: audiences.leads.then.calltools: names neither a bucket nor a tag',
    ],
    [
      'audiences:\n  leads:\n    when: { isCustomer: true }\n    then:\n      calltools: { bucket: [] }',
      'accord.yaml:5: audiences.leads.then.calltools.bucket: must be the name or the id of a bucket',
    ],
    [
      'audiences:\n  Cold Leads: { when: { isCustomer: true }, then: { calltools: { bucket: x } } }',
      'accord.yaml:2: audiences.Cold Leads: An audience name has lower-case letters, digits and hyphens.',
    ],
    [
      'schedules: { reconcile: daily }',
      'accord.yaml:1: schedules.reconcile: must be a cron expression of five fields, such as "0 2 * * *"',
    ],
    [
      'webhooks:\n  retentionDays:\n    attempts: 0',
      'accord.yaml:3: webhooks.retentionDays.attempts: must be a whole number of days from 1 to 3650',
    ],
    [
      'webhooks:\n  retentionDays: { payloads: 2.5 }',
      'accord.yaml:2: webhooks.retentionDays.payloads: must be a whole number of days from 1 to 3650',
    ],
    [
      'webhooks:\n  retentionDays: { dead: never }',
      'accord.yaml:2: webhooks.retentionDays.dead: must be a whole number of days from 1 to 3650',
    ],
    ['webhooks: { retentionDay: 30 }', 'accord.yaml:1: webhooks.retentionDay: unknown setting; did you mean retentionDays?'],
    [
      'webhooks:\n  exportDirectory: exports',
      'accord.yaml:2: webhooks.exportDirectory: must be an absolute path, such as /var/lib/accord/exports',
    ],
    ['- a list', 'accord.yaml:1: must be a mapping with accounts, audiences, schedules, profiles'],
    ['just words', 'accord.yaml:1: must be a mapping with accounts, audiences, schedules, profiles'],
    ['accounts: *nobody', 'accord.yaml: an alias (*name) has no anchor (&name) before it; quote a text that begins with *'],
    ['accounts: !secret x', 'accord.yaml:1: quote a text that begins with !'],
    ['accounts: {}\naccounts: {}', 'accord.yaml:2: Map keys must be unique'],
    ['accounts: [', 'accord.yaml:1: Flow sequence in block collection must be sufficiently indented and end with a ]'],
  ])('is reported by line and setting: %j', (text, problem) => {
    expect(problemsOf(write(text))).toContain(problem);
  });

  it('is reported by the line in its profile, for unused profiles too', () => {
    const env = write(
      'accounts:\n  calltools: { pageSize: 9 }\nprofiles:\n  a:\n    accounts:\n      calltools: { pageSize: 0, x: 1 }',
    );
    expect(problemsOf(env)).toEqual([
      'accord.yaml:6: profiles.a.accounts.calltools.pageSize: Too small: expected number to be >=1',
      'accord.yaml:6: profiles.a.accounts.calltools.x: unknown setting',
    ]);
  });

  it('is reported once when every profile shares the mistake', () => {
    const env = write('accounts:\n  calltools: { pageSize: 0 }\nprofiles: { a: {}, b: {} }');
    expect(problemsOf(env)).toEqual(['accord.yaml:2: accounts.calltools.pageSize: Too small: expected number to be >=1']);
  });

  it.each([
    [{ ACCORD_CONFIG: '/nowhere/accord.yaml' }, 'ACCORD_CONFIG: cannot read /nowhere/accord.yaml (ENOENT)'],
    [
      { ACCORD_CONFIG: 'accord.yaml', ACCORD_PROFILE: 'sandbx' },
      'ACCORD_PROFILE is "sandbx", but accord.yaml has no such profile; did you mean sandbox?',
    ],
  ])('is reported when it or its profile does not exist: %j', (env, problem) => {
    expect(problemsOf(env)).toEqual([problem]);
  });

  it('may be empty', () => {
    expect(loadConfig({ env: write('# nothing yet\n') })).toMatchObject({ audiences: [], schedules: { reconcile: '0 2 * * *' } });
  });
});

it('replaces lists and merges objects of a profile', () => {
  const env = write(`
audiences:
  leads: { when: { anyTag: [a, b], isCustomer: false }, then: { calltools: { bucket: 7 } } }
profiles:
  test: { audiences: { leads: { when: { anyTag: [c] } } } }`);
  const [leads] = loadConfig({ env: { ...env, ACCORD_PROFILE: 'test' } }).audiences;
  expect(leads).toMatchObject({ when: { anyTag: ['c'], isCustomer: false }, then: { calltools: { lists: ['7'] } } });
});

const keyText = Buffer.alloc(32, 7).toString('base64');

describe('the environment', () => {
  it('has defaults', () => {
    expect(loadConfig({ env: published })).toMatchObject({
      database: null,
      encryptionKey: null,
      http: { host: '127.0.0.1', port: 8080, publicUrl: 'http://127.0.0.1:8080', trustedProxies: ['loopback'] },
      temporal: { uiUrl: null, taskQueuePrefix: 'accord' },
      logLevel: 'info',
      workerRoles: null,
      workerMetrics: null,
    });
  });

  it('sets every setting', () => {
    const key = Buffer.alloc(32, 7);
    const env = {
      ...published,
      DATABASE_URL: 'postgres://accord:pw@db/accord',
      DATABASE_POOL_SIZE: '4',
      API_HOST: '0.0.0.0',
      PORT: '0',
      PUBLIC_URL: 'https://accord.example.com/',
      TRUSTED_PROXIES: 'uniquelocal, 192.0.2.1,2001:db8::/32',
      ACCORD_ENCRYPTION_KEY: key.toString('base64'),
      LOG_LEVEL: 'debug',
      TEMPORAL_UI_URL: 'http://127.0.0.1:8233/',
      TASK_QUEUE_PREFIX: 'blue',
      WORKER_ROLES: 'workflows, calltools',
      WORKER_METRICS_ADDRESS: '[::1]:9464',
    };
    expect(loadConfig({ env, need: ['database', 'encryptionKey'] })).toMatchObject({
      database: { url: env.DATABASE_URL, poolSize: 4 },
      encryptionKey: key,
      http: {
        host: '0.0.0.0',
        port: 0,
        publicUrl: 'https://accord.example.com',
        trustedProxies: ['uniquelocal', '192.0.2.1', '2001:db8::/32'],
      },
      temporal: { uiUrl: 'http://127.0.0.1:8233', taskQueuePrefix: 'blue' },
      logLevel: 'debug',
      workerRoles: ['workflows', 'calltools'],
      workerMetrics: { host: '::1', port: 9464 },
    });
  });

  it('ignores line breaks and spaces around values, as files with secrets have them', () => {
    const env = { DATABASE_URL: 'postgres://accord:pw@db/accord', ACCORD_ENCRYPTION_KEY: keyText, LOG_LEVEL: 'debug', ...square };
    const spaced = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, ` ${value}\r\n`]));
    expect(loadConfig({ env: { ...published, ...spaced } })).toEqual(loadConfig({ env: { ...published, ...env } }));
  });

  it('has timeouts of the database, in seconds, where they are set', () => {
    const env = {
      ...published,
      DATABASE_URL: 'postgres://db/accord',
      DATABASE_STATEMENT_TIMEOUT: '0',
      DATABASE_LOCK_TIMEOUT: '7',
    };
    expect(loadConfig({ env }).database?.timeouts).toEqual({ statement: 0, lock: 7 });
  });

  it('has keys with ids instead of a key, and the key for what it sealed', () => {
    const keys = `new:${keyText}, old-1:${Buffer.alloc(32, 8).toString('base64')}`;
    const options = { need: ['database', 'encryptionKey'] as const };
    const env = { ...published, DATABASE_URL: 'postgres://db/accord', ACCORD_ENCRYPTION_KEYS: keys };
    const ring = {
      keys: [
        { id: 'new', key: Buffer.alloc(32, 7) },
        { id: 'old-1', key: Buffer.alloc(32, 8) },
      ],
      unnamed: null,
    };
    expect(loadConfig({ env, ...options }).encryptionKey).toEqual(ring);
    const both = { ...env, ACCORD_ENCRYPTION_KEY: keyText };
    expect(loadConfig({ env: both, ...options }).encryptionKey).toEqual({ ...ring, unnamed: Buffer.alloc(32, 7) });
  });

  it.each([
    ['ACCORD_ENCRYPTION_KEYS', keyText, 'must be <id>:<key>, separated by commas; an id has letters, digits, dots and hyphens'],
    ['ACCORD_ENCRYPTION_KEYS', 'a:c2hvcnQ=', 'must be 32 bytes in base64: openssl rand -base64 32'],
    ['ACCORD_ENCRYPTION_KEYS', `a:${keyText},a:${keyText}`, 'must have each id once'],
    ['DATABASE_LOCK_TIMEOUT', '-1', 'must be a whole number from 0 to 3600'],
    ['DATABASE_URL', 'mysql://db/accord', 'must begin with postgres://'],
    ['DATABASE_POOL_SIZE', '0', 'must be a whole number from 1 to 1000'],
    ['PORT', '80a', 'must be a whole number from 0 to 65535'],
    ['PORT', '65536', 'must be a whole number from 0 to 65535'],
    ['WORKER_METRICS_ADDRESS', '9464', 'must be an address and a port, such as 127.0.0.1:9464'],
    ['WORKER_METRICS_ADDRESS', '127.0.0.1:70000', 'must be an address and a port, such as 127.0.0.1:9464'],
    [
      'TRUSTED_PROXIES',
      '10.0.0.0/33',
      'must be IP addresses, subnets such as 10.0.0.0/8, or loopback, linklocal, uniquelocal, separated by commas',
    ],
    ['PUBLIC_URL', 'accord.example.com', 'must be a URL that begins with http:// or https://'],
    ['ACCORD_ENCRYPTION_KEY', 'c2hvcnQ=', 'must be 32 bytes in base64: openssl rand -base64 32'],
    ['ACCORD_ENCRYPTION_KEY', '%%%', 'must be base64'],
    ['LOG_LEVEL', 'loud', 'must be one of fatal, error, warn, info, debug, trace, silent'],
    [
      'WORKER_ROLES',
      'workflow',
      `has the unknown role "workflow": use ${['workflows', 'delivery', ...providers.map(({ id }) => id)].join(', ')}; did you mean workflows?`,
    ],
  ])('rejects %s=%s', (name, value, problem) => {
    expect(problemsOf({ ...published, [name]: value })).toEqual([`${name} ${problem}`]);
  });

  it('must set the variables that the process requires, and no others', () => {
    expect(problemsOf(published)).toEqual([]);
    expect(problemsOf({ ...published, DATABASE_URL: ' ' }, { need: ['database', 'encryptionKey'] })).toEqual([
      'DATABASE_URL is not set: the PostgreSQL database, such as postgres://user:password@host:5432/accord',
      'ACCORD_ENCRYPTION_KEY is not set: create it once with openssl rand -base64 32, and keep it',
    ]);
  });
});

describe('providers', () => {
  it('are connected when their secrets are set', () => {
    const { accounts, notConnected } = loadConfig({ env: { ...published, ...calltools, ...gohighlevel, ...square, ...google } });
    expect(Object.keys(accounts)).toEqual(['gohighlevel', 'calltools', 'square', 'google', 'webform']);
    expect(accounts.calltools?.secrets).toEqual({ ...calltools, CALLTOOLS_BASE_URL: 'https://east-1.calltools.io/api' });
    expect(accounts.gohighlevel?.account).toMatchObject({ rate: { requestsPerSecond: 8, burst: 80 } });
    expect(notConnected).toEqual([]);
  });

  it('are not connected without secrets, and the reason names the waiting audiences', () => {
    const { accounts, notConnected } = loadConfig({ env: { ...published, ...gohighlevel, CALLTOOLS_API_KEY: '' } });
    expect(Object.keys(accounts)).toEqual(['gohighlevel', 'webform']);
    expect(notConnected).toEqual([
      {
        provider: 'calltools',
        because:
          'CallTools is not connected: CALLTOOLS_BASE_URL and CALLTOOLS_API_KEY are not set (run accord connect calltools, or see .env.example). ' +
          'Members of cold-leads and active-clients are not pushed there until it is.',
      },
      {
        provider: 'square',
        because: 'Square is not connected: SQUARE_MERCHANT_ID is not set (run accord connect square, or see .env.example).',
      },
      {
        provider: 'google',
        because:
          'Google Contacts is not connected: GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET and GOOGLE_REFRESH_TOKEN are not set (run accord connect google, or see .env.example).',
      },
    ]);
  });

  it('are a problem when only some of their secrets are set', () => {
    expect(problemsOf({ ...published, CALLTOOLS_API_KEY: 'key' })).toEqual([
      'CALLTOOLS_BASE_URL is not set, but CallTools requires it',
    ]);
    expect(problemsOf({ ...published, GHL_LOCATION_ID: 'location' })).toEqual([
      expect.stringMatching(/^GHL_API_KEY is not set: /),
    ]);
  });

  it('are connected by their section when they require no secrets', () => {
    const form = '{ title: T, fields: [{ name: e, label: E, type: email, mapsTo: email }] }';
    const { accounts } = loadConfig({ env: write(`accounts:\n  webform: { forms: { contact: ${form} } }`) });
    expect(accounts.webform).toMatchObject({ account: { forms: { contact: { title: 'T' } } }, secrets: {} });
    const { notConnected } = loadConfig({ env: { ...write('accounts: {}'), WEBFORM_SECRETS: 's'.repeat(16) } });
    expect(notConnected.find(({ provider }) => provider === 'webform')?.because).toBe(
      'Web forms is not connected: accord.yaml has no accounts.webform.',
    );
  });

  it('stop the start when a form confirms by email without a mail server, or without a public URL', () => {
    const form = '{ title: T, trust: confirm, fields: [{ name: e, label: E, type: email, mapsTo: email }] }';
    const env = write(`accounts:\n  webform: { forms: { contact: ${form} } }`);
    const mail = { SMTP_URL: 'smtp://mail.example.com', SMTP_FROM: 'Example Dental <hello@example.com>' };
    expect(problemsOf({ ...env, ...mail, PUBLIC_URL: 'https://accord.example.com' })).toEqual([]);
    const path = 'accord.yaml: accounts.webform.forms.contact.trust: confirm sends email with links';
    expect(problemsOf(env)).toEqual([`${path}: set SMTP_URL, SMTP_FROM and PUBLIC_URL, or choose add-only or full`]);
    expect(problemsOf({ ...env, ...mail })).toEqual([`${path}: set PUBLIC_URL, or choose add-only or full`]);
  });

  it.each(['GHL_WEBHOOK_SECRET', 'GHL_WORKFLOW_SECRET'])('refuses a short %s, which could be guessed', (name) => {
    const load = () => loadConfig({ env: { ...published, ...gohighlevel, [name]: 'fifteen letters' } });
    expect(load).toThrow(`${name} is invalid: must have at least 16 characters: openssl rand -hex 32`);
  });

  it('treat a blank secret as unset', () => {
    const { accounts } = loadConfig({ env: { ...published, ...gohighlevel, GHL_WEBHOOK_SECRET: '' } });
    expect(accounts.gohighlevel?.secrets).not.toHaveProperty('GHL_WEBHOOK_SECRET');
  });

  it('define their own settings, so that a new provider changes nothing here', () => {
    const hubspot: Provider = {
      ...squareProvider,
      id: 'hubspot',
      name: 'HubSpot',
      accountSchema: z.strictObject({ portal: z.int(), pageSize: z.int().default(100) }),
      secretsSchema: z.object({ HUBSPOT_TOKEN: z.string() }),
    };
    const options = { providers: [...providers, hubspot] };
    const env = { ...write('accounts:\n  hubspot: { portal: 7 }'), HUBSPOT_TOKEN: 'token' };
    expect(loadConfig({ ...options, env }).accounts.hubspot).toEqual({
      account: { portal: 7, pageSize: 100 },
      secrets: { HUBSPOT_TOKEN: 'token' },
    });
    expect(problemsOf({ ...published, HUBSPOT_TOKEN: 'token' }, options)).toEqual([
      'accord.yaml: accounts.hubspot.portal is missing',
    ]);
  });
});

describe('the configuration', () => {
  it('lists every problem at once', () => {
    const env = { ...write('acounts: {}\naudiences: { x: 1 }'), PORT: 'x', LOG_LEVEL: 'x', CALLTOOLS_API_KEY: 'x' };
    const problems = problemsOf(env, { need: ['database'] });
    const starts = ['DATABASE_URL', 'PORT', 'LOG_LEVEL', 'accord.yaml:2', 'accord.yaml:1', 'CALLTOOLS_BASE_URL'];
    expect(problems.map((problem) => starts.find((start) => problem.startsWith(start)))).toEqual(starts);
  });

  it('never repeats a secret, however invalid', () => {
    const secret = 'hunter2-hunter2';
    const names = [
      ...providers.flatMap(({ secretsSchema }) => findSecretNames(secretsSchema).all),
      'DATABASE_URL',
      'ACCORD_ENCRYPTION_KEY',
    ];
    const env = {
      ...write(`accounts:\n  calltools: { apiKey: ${secret}, pageSize: ${secret} }\n  gohighlevel: ${secret}`),
      ...Object.fromEntries(names.map((name) => [name, secret])),
    };
    const said = problemsOf(env).join('\n');
    expect(said).toContain('CALLTOOLS_BASE_URL');
    expect(said).toContain('accounts.calltools.apiKey');
    expect(said).not.toContain(secret);
    for (const text of [`key: "${secret}\n`, `key: *${secret}`, `key: !${secret}`, `key: @${secret}`, secret]) {
      const problems = problemsOf(write(text));
      expect(problems).toHaveLength(1);
      expect(problems.join()).not.toContain(secret);
    }
  });

  it('is frozen', () => {
    const config = loadConfig({ env: { ...published, ...calltools } });
    expect(() => Object.assign(config.http, { port: 1 })).toThrow(TypeError);
    expect(() => config.audiences[0]?.needs.push('email')).toThrow(TypeError);
    expect(() => Object.assign(config.accounts.calltools?.account ?? {}, { pageSize: 1 })).toThrow(TypeError);
  });
});

it('lists exactly the variables that it reads in .env.example', () => {
  const offered = [...readFileSync('.env.example', 'utf8').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
  const ours = Object.keys(environmentSchema([]).shape);
  const theirs = providers.flatMap(({ secretsSchema }) => findSecretNames(secretsSchema).all);
  const temporal = offered.filter((name) => /^(TEMPORAL|OTEL)_/.test(name ?? '') && name !== 'TEMPORAL_UI_URL');
  // Web forms also read PUBLIC_URL.
  expect([...offered].sort()).toEqual([...new Set([...ours, ...theirs, ...temporal])].sort());
});

it('accepts .env.example, and connects only the forms', () => {
  const env = Object.fromEntries(
    [...readFileSync('.env.example', 'utf8').matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
  );
  expect(Object.keys(loadConfig({ env }).accounts)).toEqual(['webform']);
});
