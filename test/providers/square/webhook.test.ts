import { createHmac, hash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { accountSchema, secretsSchema } from '#providers/square/settings.ts';
import { eventRoute } from '#providers/square/webhook.ts';
import { readFixture } from '#test/providers/fixtures.ts';

const environment = {
  SQUARE_ACCESS_TOKEN: 'token',
  SQUARE_MERCHANT_ID: 'MLTESTMERCHANT',
  SQUARE_SIGNATURE_KEY: 'test-signature-key-0001',
  SQUARE_WEBHOOK_URL: 'https://sync.example.test/webhooks/square',
};

interface Delivery {
  signature?: string;
  secrets?: { SQUARE_SIGNATURE_KEY?: string | undefined; SQUARE_WEBHOOK_URL?: string | undefined };
}

function sign(rawBody: Buffer, key = environment.SQUARE_SIGNATURE_KEY, url = environment.SQUARE_WEBHOOK_URL): string {
  return createHmac('sha256', key).update(url).update(rawBody).digest('base64');
}

function deliver(rawBody: Buffer, { signature = sign(rawBody), secrets }: Delivery = {}) {
  const headers = signature === '' ? {} : { 'x-square-hmacsha256-signature': signature };
  const settings = { account: accountSchema.parse({}), secrets: { ...secretsSchema.parse(environment), ...secrets } };
  return eventRoute.receive({ headers, rawBody, receivedAt: new Date('2026-01-10T15:00:02Z') }, settings);
}

const readEvent = (name: string) => readFixture('square', name);

/** Returns a fixture with changed fields; undefined removes a field. */
function altered(name: string, { data, ...changes }: { data?: object } & Record<string, unknown>): Buffer {
  const event = JSON.parse(readEvent(name).toString());
  return Buffer.from(JSON.stringify({ ...event, ...changes, data: { ...event.data, ...data } }));
}

const accountId = environment.SQUARE_MERCHANT_ID;
const customerId = 'JDKYHBWT1D4F8MFH63DBMEN8Y4';
const [oldA, oldB, merged] = ['OLDCUSTOMER000000000000001', 'OLDCUSTOMER000000000000002', 'NEWCUSTOMER000000000000003'];

describe('an event of Square', () => {
  it.each([
    [
      'customer-created',
      'customer.created',
      '2026-01-10T14:35:01.123Z',
      '7b1ff4b2-1a0c-4d3b-9f57-1f4c1f2a6a01',
      { version: '0' },
    ],
    [
      'customer-updated',
      'customer.updated',
      '2026-01-10T14:40:00.000Z',
      '7b1ff4b2-1a0c-4d3b-9f57-1f4c1f2a6a02',
      { version: '1' },
    ],
    ['customer-deleted', 'customer.deleted', '2026-01-10T14:45:00.000Z', '7b1ff4b2-1a0c-4d3b-9f57-1f4c1f2a6a03', {}],
  ])('is parsed from %s', (fixture, type, at, eventId, version) => {
    const event = { eventId, type, accountId, externalId: customerId, occurredAt: new Date(at), ...version };
    expect(deliver(readEvent(fixture))).toEqual({ kind: 'accepted', scheme: 'hmac-sha256', events: [event] });
  });

  it('of a creation has the ids that were merged into the new customer', () => {
    expect(deliver(readEvent('merge-created'))).toMatchObject({
      kind: 'accepted',
      events: [{ type: 'customer.created', externalId: merged, replaces: [oldA, oldB] }],
    });
  });

  it('of a deletion has the deleted id, merged or not', () => {
    const verdict = deliver(readEvent('merge-deleted'));
    expect(verdict).toMatchObject({ kind: 'accepted', events: [{ type: 'customer.deleted', externalId: oldA }] });
    expect(verdict).not.toHaveProperty('events.0.replaces');
  });

  it.each([
    ['in the context', { event_context: { merge: { from_customer_ids: [oldA, oldB], to_customer_id: merged } } }],
    ['in the object', { from_customer_ids: [oldA, oldB, merged], to_customer_id: merged }],
  ])('may have the type customer.merged, with its ids %s', (_, object) => {
    const body = altered('customer-updated', { type: 'customer.merged', data: { id: merged, object } });
    expect(deliver(body)).toMatchObject({ events: [{ type: 'customer.merged', externalId: merged, replaces: [oldA, oldB] }] });
  });

  it('has the hash of its body as its id when it has none', () => {
    const body = altered('customer-updated', { event_id: undefined });
    expect(deliver(body)).toMatchObject({ events: [{ eventId: `sha256:${hash('sha256', body)}` }] });
  });

  it.each([undefined, '2026-01-10T14:40:00', 'yesterday', 7])('may have the time %j', (created_at) => {
    expect(deliver(altered('customer-updated', { created_at }))).toMatchObject({
      kind: 'accepted',
      events: [{ occurredAt: null }],
    });
  });
});

/** Bodies with signatures made by Square's SDK (46.0.0). The last two are from the SDK's own test and from the Square docs. */
const created =
  '{"merchant_id":"MLTESTMERCHANT","type":"customer.created","event_id":"11111111-1111-4111-8111-111111111111",' +
  '"created_at":"2026-01-02T03:04:05Z","data":{"type":"customer","id":"CUSTTEST0000000000000001",' +
  '"object":{"customer":{"id":"CUSTTEST0000000000000001","given_name":"Ada","version":0}}}}';
const updated =
  '{"merchant_id":"MLTESTMERCHANT","type":"customer.updated","event_id":"22222222-2222-4222-8222-222222222222",' +
  '"created_at":"2026-01-02T03:04:06Z","data":{"type":"customer","id":"CUSTTEST0000000000000001",' +
  '"object":{"customer":{"id":"CUSTTEST0000000000000001","given_name":"Zoë","family_name":"Łukasiewicz 😀 東京","version":1}}}}';
const vectors = [
  { body: created, signature: 'QOq4+xBzJAcTKtoFtxPIuWvZrPjj8T5Pht49c0V+rh4=' },
  { body: updated, signature: '5x1wENCuOcbeSZk4rWI/XmmEqAPSuSTsWV4rtWiA0lQ=' },
  { body: '{}', signature: 'i2FAEJn9G+ovHOF/2VcktdnadpJbr/0HIZDLFncXlSk=' },
  { body: '', signature: 'heBZ2ww1BTNP8kmnNiYIx+Fqt7Xdet6CPK9UTUKHIa0=' },
  {
    body: '{"data":{"type":"webhooks","id":">id<"}}',
    signature: 'Cxt7+aTi4rKgcA0bC4g9EHdVtLSDWdqccmL5MvihU4U=',
    secrets: { SQUARE_SIGNATURE_KEY: 'signature-key', SQUARE_WEBHOOK_URL: 'https://webhook.site/webhooks' },
  },
  {
    body: '{"hello":"world"}',
    signature: '2kRE5qRU2tR+tBGlDwMEw2avJ7QM4ikPYD/PJ3bd9Og=',
    secrets: { SQUARE_SIGNATURE_KEY: 'asdf1234', SQUARE_WEBHOOK_URL: 'https://example.com/webhook' },
  },
];

describe('a signature of Square', () => {
  it.each(vectors)('is valid for the body $body', ({ body, signature, secrets = {} }) => {
    expect(deliver(Buffer.from(body), { signature, secrets })).not.toMatchObject({ status: 401 });
  });

  it.each([
    ['another URL', 'heAU5lS1RHAYlZxb8FbBVjC+RCMcLLhfBGBqTR+4SCA='],
    ['another key', sign(Buffer.from(created), 'other')],
    ['the body alone', createHmac('sha256', environment.SQUARE_SIGNATURE_KEY).update(created).digest('base64')],
    ['nothing', 'N/A'],
    ['a truncated signature', 'QOq4+xBzJAcTKtoFtxPIuWvZ'],
  ])('is refused when it is for %s', (_, signature) => {
    const verdict = deliver(Buffer.from(created), { signature });
    expect(verdict).toMatchObject({ kind: 'refused', status: 401, code: 'wrong-signature' });
  });

  it('covers the exact URL', () => {
    const secrets = { SQUARE_WEBHOOK_URL: `${environment.SQUARE_WEBHOOK_URL}/` };
    const signature = 'heAU5lS1RHAYlZxb8FbBVjC+RCMcLLhfBGBqTR+4SCA=';
    expect(deliver(Buffer.from(created), { signature, secrets })).toMatchObject({ kind: 'accepted' });
  });

  it('is refused when one byte of the body differs', () => {
    const body = readEvent('customer-created');
    const changed = Buffer.from(body.toString().replace('Ada', 'Eda'));
    expect(deliver(changed, { signature: sign(body) })).toMatchObject({ kind: 'refused', code: 'wrong-signature' });
  });

  it('is required', () => {
    expect(deliver(readEvent('customer-created'), { signature: '' })).toMatchObject({
      kind: 'refused',
      status: 401,
      code: 'missing-signature',
    });
  });

  it.each(['SQUARE_SIGNATURE_KEY', 'SQUARE_WEBHOOK_URL'] as const)(
    'is refused without %s, and the reason names the variable',
    (name) => {
      expect(deliver(readEvent('customer-created'), { secrets: { [name]: undefined } })).toMatchObject({
        kind: 'refused',
        status: 401,
        code: 'not-configured',
        reason: expect.stringContaining(`Set ${name}`),
      });
    },
  );
});

describe('a signed body of Square', () => {
  it.each([
    ['is not JSON', Buffer.from('{"type":')],
    ['is not an object', Buffer.from('[1]')],
    ['is not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['is empty', Buffer.alloc(0)],
    ['has no customer id', altered('customer-updated', { data: { id: undefined, object: undefined } })],
    ['has a customer id with a path', altered('customer-updated', { data: { id: '../groups', object: {} } })],
    ['has a numeric customer id', altered('customer-updated', { data: { id: 7, object: {} } })],
  ])('is refused when it %s', (_, body) => {
    expect(deliver(body)).toMatchObject({ kind: 'refused', status: 400, code: 'malformed-body' });
  });

  it.each([
    ['it is a test notification', { type: 'webhooks.test_notification', data: { type: 'webhooks' } }],
    ['it is not about a customer', { type: 'payment.created' }],
    ['its type is a name in Object.prototype', { type: 'constructor' }],
    ['it is for another merchant', { merchant_id: 'another' }],
    ['it has no merchant', { merchant_id: undefined }],
  ])('is ignored when %s', (_, changes) => {
    expect(deliver(altered('customer-created', changes))).toMatchObject({ kind: 'ignored', scheme: 'hmac-sha256' });
  });

  it('cannot change Object.prototype', () => {
    const body = Buffer.from(`{"__proto__":{"polluted":true},${readEvent('customer-created').toString().trim().slice(1)}`);
    expect(deliver(body)).toMatchObject({ kind: 'accepted' });
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(deliver(Buffer.from('{"__proto__":{"type":"customer.created"}}'))).toMatchObject({ kind: 'ignored' });
  });
});

it('answers 503 when unavailable: Square retries after anything but a 2xx', () => {
  expect(eventRoute.whenUnavailable).toEqual({ status: 503, retryAfterSeconds: 60 });
});

describe('a revocation of the grant', () => {
  const revoked = (revocation: object, merchant_id = accountId) => {
    const envelope = { merchant_id, type: 'oauth.authorization.revoked', event_id: 'e1', created_at: '2026-01-10T15:00:00Z' };
    return deliver(Buffer.from(JSON.stringify({ ...envelope, data: { type: 'revocation', id: 'r1', object: { revocation } } })));
  };

  it.each([
    ['MERCHANT', 'The seller'],
    ['APPLICATION', 'Our app'],
    ['SQUARE', 'Square'],
    [undefined, 'The seller'],
  ])('by %s is told apart from events about customers', (revoker_type, by) => {
    expect(revoked({ revoked_at: '2026-01-10T14:59:00.5Z', revoker_type })).toEqual({
      ...{ kind: 'revoked', scheme: 'hmac-sha256', accountId },
      message: expect.stringContaining(`${by} revoked our authorization at Square.`),
      at: new Date('2026-01-10T14:59:00.5Z'),
    });
  });

  it('counts from its arrival when it has no time', () => {
    expect(revoked({})).toMatchObject({ at: new Date('2026-01-10T15:00:02Z') });
  });

  it('of another merchant is ignored', () => {
    expect(revoked({}, 'MLANOTHER')).toMatchObject({ kind: 'ignored' });
  });
});
