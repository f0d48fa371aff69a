import { createHmac, generateKeyPairSync, hash, sign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { accountSchema, secretsSchema } from '#providers/gohighlevel/settings.ts';
import { eventRoute, workflowRoute } from '#providers/gohighlevel/webhook.ts';
import { readFixture } from '#test/providers/fixtures.ts';

const ed25519 = generateKeyPairSync('ed25519');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const environment = {
  GHL_LOCATION_ID: 've9EPM428h8vShlRW1KT',
  GHL_API_KEY: 'pit-test',
  GHL_WEBHOOK_PUBLIC_KEY: ed25519.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  GHL_WEBHOOK_RSA_PUBLIC_KEY: rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  GHL_WEBHOOK_SECRET: 'shared secret 01',
  GHL_WORKFLOW_SECRET: 'workflow secret 1',
};
/** Two seconds after the fixtures' timestamp. */
const receivedAt = new Date('2025-01-28T14:35:02Z');

const signers = {
  ed25519: (body: Buffer) => ({ 'x-ghl-signature': sign(null, body, ed25519.privateKey).toString('base64') }),
  hmac: (body: Buffer) => ({
    'x-ghl-signature': createHmac('sha256', environment.GHL_WEBHOOK_SECRET).update(body).digest('hex'),
  }),
  rsa: (body: Buffer) => ({ 'x-wh-signature': sign('sha256', body, rsa.privateKey).toString('base64') }),
  workflow: () => ({ 'x-accord-secret': environment.GHL_WORKFLOW_SECRET }),
};

interface Delivery {
  scheme?: keyof typeof signers;
  headers?: Record<string, string>;
  secrets?: Partial<Record<keyof typeof environment | 'GHL_APP_ID', string | undefined>>;
  receivedAt?: Date;
}

function deliver(rawBody: Buffer, { scheme = 'ed25519', secrets, ...request }: Delivery = {}) {
  const route = scheme === 'workflow' ? workflowRoute : eventRoute;
  const headers = request.headers ?? signers[scheme](rawBody);
  const settings = { account: accountSchema.parse({}), secrets: secretsSchema.parse({ ...environment, ...secrets }) };
  return route.receive({ headers, rawBody, receivedAt: request.receivedAt ?? receivedAt }, settings);
}

/** Returns a fixture with changed fields; undefined removes a field. */
function altered(name: string, changes: object): Buffer {
  return Buffer.from(JSON.stringify({ ...JSON.parse(readFixture('gohighlevel', name).toString()), ...changes }));
}

const contactId = 'nmFmQEsNgz6AVpgLVUJ0';
const accountId = environment.GHL_LOCATION_ID;

describe('an event of GoHighLevel', () => {
  it.each([
    ['contact-create', 'ContactCreate', '2025-01-28T14:35:00.000Z', '5d0c7c2e-7b37-4a43-9b2a-1f6a5f7c9d10'],
    ['contact-tag-update', 'ContactTagUpdate', '2025-01-28T14:35:00.699Z', '0f4b8f9a-52d3-4a54-8f0c-6f1b3d2c4e5a'],
    ['contact-dnd-update', 'ContactDndUpdate', '2025-01-28T14:35:00.001Z', '7a7bb5a1-0d5e-47a6-8a0e-1f1cf4e2a0b7'],
    ['contact-update-in-data', 'ContactUpdate', '2025-01-28T14:35:00.000Z', 'c0ffee00-52d3-4a54-8f0c-6f1b3d2c4e5a'],
  ])('is parsed from %s', (fixture, type, at, eventId) => {
    const event = { eventId, type, accountId, externalId: contactId, occurredAt: new Date(at) };
    expect(deliver(readFixture('gohighlevel', fixture))).toEqual({ kind: 'accepted', scheme: 'ed25519', events: [event] });
  });

  it.each([
    ['shared-secret-contact-update', 'ContactUpdate'],
    ['shared-secret-tag-added', 'ContactTagUpdate'],
  ])('is parsed from %s, with the hash of its body as its id', (fixture, type) => {
    const body = readFixture('gohighlevel', fixture);
    const eventId = `sha256:${hash('sha256', body)}`;
    const event = { eventId, type, accountId, externalId: 'contact_xyz789', occurredAt: new Date(1738074900000) };
    expect(deliver(body, { scheme: 'hmac' })).toEqual({ kind: 'accepted', scheme: 'hmac-sha256', events: [event] });
  });

  it.each([
    ['Contact Created', 'ContactCreate'],
    ['Contact Updated', 'ContactUpdate'],
    ['Contact Tag Removed', 'ContactTagUpdate'],
    ['ContactTagAdded', 'ContactTagUpdate'],
    ['ContactDelete', 'ContactDelete'],
  ])('may have the name %j', (name, type) => {
    const body = altered('shared-secret-tag-added', { type: name });
    expect(deliver(body, { scheme: 'hmac' })).toMatchObject({ kind: 'accepted', events: [{ type }] });
  });

  it('is accepted with only the legacy RSA signature', () => {
    expect(deliver(readFixture('gohighlevel', 'contact-create'), { scheme: 'rsa' })).toMatchObject({
      kind: 'accepted',
      scheme: 'rsa-sha256',
    });
  });

  it('is verified with the published key by default', () => {
    const body = readFixture('gohighlevel', 'contact-create');
    const verdict = deliver(body, { secrets: { GHL_WEBHOOK_PUBLIC_KEY: undefined } });
    expect(verdict).toMatchObject({ kind: 'refused', code: 'wrong-signature' });
  });
});

describe('a signature of GoHighLevel', () => {
  const body = readFixture('gohighlevel', 'contact-create');
  const genuine = signers.ed25519(body)['x-ghl-signature'];

  it.each([
    ['is missing', {}, 'missing-signature'],
    ['is empty', { 'x-ghl-signature': '' }, 'missing-signature'],
    ['is N/A', { 'x-ghl-signature': 'N/A' }, 'missing-signature'],
    ['is not a signature', { 'x-ghl-signature': 'aGVsbG8=' }, 'wrong-signature'],
    ['is truncated', { 'x-ghl-signature': genuine.slice(0, -4) }, 'wrong-signature'],
    ['covers another body', signers.ed25519(Buffer.from('{}')), 'wrong-signature'],
    ['is an HMAC under another secret', { 'x-ghl-signature': 'a'.repeat(64) }, 'wrong-signature'],
    ['is the current one in the legacy header', { 'x-wh-signature': genuine }, 'wrong-signature'],
    ['is wrong beside a good legacy one', { ...signers.rsa(body), 'x-ghl-signature': `${'A'.repeat(86)}==` }, 'wrong-signature'],
  ])('is refused when it %s', (_, headers, code) => {
    expect(deliver(body, { headers })).toMatchObject({ kind: 'refused', status: 401, code });
  });

  it('counts as missing when it is N/A, so that the legacy one applies', () => {
    expect(deliver(body, { headers: { ...signers.rsa(body), 'x-ghl-signature': 'N/A' } })).toMatchObject({
      scheme: 'rsa-sha256',
    });
  });

  it('is refused when one byte of the body differs', () => {
    const changed = Buffer.from(body.toString().replace('Ada', 'Eda'));
    expect(deliver(changed, { headers: signers.ed25519(body) })).toMatchObject({ kind: 'refused', code: 'wrong-signature' });
  });

  it.each([
    ['hmac', 'GHL_WEBHOOK_SECRET'],
    ['rsa', 'GHL_WEBHOOK_RSA_PUBLIC_KEY'],
    ['workflow', 'GHL_WORKFLOW_SECRET'],
  ] as const)('of scheme %s is refused while %s is not set', (scheme, variable) => {
    const verdict = deliver(body, { scheme, secrets: { [variable]: undefined } });
    expect(verdict).toMatchObject({
      kind: 'refused',
      status: 401,
      code: 'not-configured',
      reason: expect.stringContaining(`Set ${variable}`),
    });
  });
});

describe('the time of an event', () => {
  const at = new Date('2025-01-28T14:35:00Z');
  it.each([
    ['ISO 8601', at.toISOString()],
    ['milliseconds', at.getTime()],
    ['seconds', at.getTime() / 1000],
    ['seconds as text', String(at.getTime() / 1000)],
  ])('may be in %s', (_, timestamp) => {
    expect(deliver(altered('contact-create', { timestamp }))).toMatchObject({ kind: 'accepted', events: [{ occurredAt: at }] });
  });

  it.each([[undefined], ['2025-01-28T14:35:00']])('may be unknown: %s', (timestamp) => {
    const events = [{ occurredAt: null, eventId: null }];
    const webhook = altered('contact-create', { timestamp, webhookId: undefined });
    expect(deliver(webhook)).toMatchObject({ kind: 'accepted', events });
  });
});

describe('a signed body of GoHighLevel', () => {
  it.each([
    ['is not JSON', Buffer.from('{"type":')],
    ['is not an object', Buffer.from('[1]')],
    ['is not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['is empty', Buffer.alloc(0)],
    ['has no contact id', altered('contact-create', { id: undefined })],
    ['has a contact id with a path', altered('contact-create', { id: '../locations' })],
    ['has a numeric contact id', altered('contact-create', { id: 7 })],
  ])('is refused when it %s', (_, body) => {
    expect(deliver(body)).toMatchObject({ kind: 'refused', status: 400, code: 'malformed-body' });
  });

  it.each([
    ['it is not about a contact', { type: 'INSTALL' }],
    ['its type is a name in Object.prototype', { type: 'constructor' }],
    ['it is for another location', { locationId: 'another' }],
    ['it has no location', { locationId: undefined }],
  ])('is ignored when %s', (_, changes) => {
    expect(deliver(altered('contact-create', changes))).toMatchObject({ kind: 'ignored', scheme: 'ed25519' });
  });

  it.each([
    ['65a1b2c3d4e5f60718293a4b', 'accepted'],
    ['another', 'ignored'],
  ])('with GHL_APP_ID set to %s is %s', (GHL_APP_ID, kind) => {
    expect(deliver(readFixture('gohighlevel', 'contact-create'), { secrets: { GHL_APP_ID } })).toMatchObject({ kind });
  });

  it('cannot change Object.prototype', () => {
    const body = Buffer.from(
      `{"__proto__":{"polluted":true,"webhookId":"x"},${altered('contact-create', {}).toString().slice(1)}`,
    );
    expect(deliver(body)).toMatchObject({ kind: 'accepted' });
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(deliver(Buffer.from('{"__proto__":{"type":"ContactCreate"}}'))).toMatchObject({ kind: 'ignored' });
  });
});

describe('the age of an event of GoHighLevel', () => {
  const minutes = (count: number) => new Date(Date.parse('2025-01-28T14:35:00Z') + count * 60_000);

  it.each([
    ['contact-create', 'ed25519', 5, 'accepted'],
    ['contact-create', 'ed25519', 23 * 60, 'accepted'],
    ['contact-create', 'ed25519', 25 * 60, 'refused'],
    ['contact-create', 'ed25519', -4, 'accepted'],
    ['contact-create', 'ed25519', -6, 'refused'],
    ['shared-secret-contact-update', 'hmac', 5, 'accepted'],
    ['shared-secret-contact-update', 'hmac', 5.1, 'refused'],
    ['shared-secret-contact-update', 'hmac', -6, 'refused'],
  ] as const)('%s (%s), received %d minutes after its timestamp, is %s', (fixture, scheme, age, kind) => {
    const verdict = deliver(readFixture('gohighlevel', fixture), { scheme, receivedAt: minutes(age) });
    expect(verdict).toMatchObject(kind === 'accepted' ? { kind } : { kind, status: 401, code: 'stale-timestamp' });
  });
});

describe("a workflow's webhook action", () => {
  const body = readFixture('gohighlevel', 'workflow');

  it('needs a contact id, has no event id and may have a type', () => {
    const event = { eventId: null, type: 'ContactTagUpdate', accountId, externalId: contactId, occurredAt: null };
    expect(deliver(body, { scheme: 'workflow' })).toEqual({ kind: 'accepted', scheme: 'static-secret', events: [event] });
  });

  it.each([
    { contact_id: 'abc' },
    { contactId: 'abc' },
    { id: 'abc' },
    { contact: { id: 'abc' } },
    { customData: { contact_id: 'abc' } },
  ])('may be only %j', (short) => {
    const verdict = deliver(Buffer.from(JSON.stringify(short)), { scheme: 'workflow' });
    expect(verdict).toMatchObject({ kind: 'accepted', events: [{ type: 'Workflow', externalId: 'abc', accountId }] });
  });

  it.each([
    ['no secret', {}, 'missing-signature'],
    ['a wrong secret', { 'x-accord-secret': 'workflow secre' }, 'wrong-signature'],
  ])('is refused with %s', (_, headers, code) => {
    expect(deliver(body, { scheme: 'workflow', headers })).toMatchObject({ kind: 'refused', status: 401, code });
  });

  it('is refused without a contact id and ignored for another location', () => {
    expect(deliver(Buffer.from('{}'), { scheme: 'workflow' })).toMatchObject({ kind: 'refused', status: 400 });
    const elsewhere = altered('workflow', { location: { id: 'another' } });
    expect(deliver(elsewhere, { scheme: 'workflow' })).toMatchObject({ kind: 'ignored' });
  });
});

it('answers 429 when unavailable: GoHighLevel retries after nothing else', () => {
  for (const route of [eventRoute, workflowRoute]) expect(route.whenUnavailable.status).toBe(429);
});
