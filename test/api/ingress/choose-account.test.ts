import { createHmac, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { ApiProvider } from '#api/deps.ts';
import { chooseAccount, groupRoutes, type SharedRoute } from '#api/ingress/choose-account.ts';
import { ApiProblem } from '#api/rest/errors.ts';
import { toProviders } from '#config/accounts.ts';
import { gohighlevel, square } from '#providers/index.ts';
import type { Provider, WebhookRequest } from '#providers/provider.ts';
import { bytesOf, ed25519, ghlEvent, ghlSecrets } from './ghl-webhook.ts';

const keys = generateKeyPairSync('ed25519');
const secretsOfEast = { ...Object(ghlSecrets(keys)), GHL_LOCATION_ID: 'east' };
const secretsOfWest = { ...secretsOfEast, GHL_LOCATION_ID: 'west' };
const [east, west] = toProviders([gohighlevel], { ids: ['gohighlevel-west'] });
const [shopA, shopB] = toProviders([square], { ids: ['square-b'] });
if (!east || !west || !shopA || !shopB) throw new Error('A vendor has no second account.');

function connect(provider: Provider, secrets: object | null): ApiProvider {
  const { id, webhookRoutes = [] } = provider;
  const settings = secrets && { account: provider.accountSchema.parse({}), secrets };
  return { id, webhookRoutes, settings, notConnected: secrets ? null : `${id} is not connected.` };
}

function routeOf(path: string, ...providers: ApiProvider[]): SharedRoute {
  const found = groupRoutes(providers).find(({ paths }) => paths.includes(path));
  if (!found) throw new Error(`No account has ${path}.`);
  return found;
}

function request(body: object, headers: (bytes: Buffer) => Record<string, string>): WebhookRequest {
  const rawBody = bytesOf(body);
  return { headers: headers(rawBody), rawBody, receivedAt: new Date() };
}

const ghl = (fields: Record<string, unknown>) =>
  request(ghlEvent(fields), (body) => ({ 'x-ghl-signature': ed25519(body, keys) }));
const chosen = (route: SharedRoute, webhook: WebhookRequest) => {
  const { provider, verdict } = chooseAccount(route.accounts, webhook);
  return [provider, verdict.kind];
};

describe('two locations behind one URL', () => {
  const both = [connect(east, secretsOfEast), connect(west, secretsOfWest)];
  const events = routeOf('/webhook/ghl', ...both);
  const workflows = routeOf('/webhook/ghl-workflow', ...both);

  it.each([
    ['east', 'gohighlevel'],
    ['west', 'gohighlevel-west'],
  ])('get their own webhooks: %s', (locationId, id) => {
    expect(chosen(events, ghl({ locationId }))).toEqual([id, 'accepted']);
    const { verdict } = chooseAccount(events.accounts, ghl({ locationId }));
    expect(verdict).toMatchObject({ events: [{ accountId: locationId }] });
  });

  it('ignore those of a third location', () => {
    expect(chosen(events, ghl({ locationId: 'north' }))).toEqual(['gohighlevel', 'ignored']);
  });

  it('say why a webhook of one of them is refused, not that the other one ignores it', () => {
    const stale = ghl({ locationId: 'west', timestamp: new Date(Date.now() - 48 * 3_600_000).toISOString() });
    expect(chooseAccount(events.accounts, stale)).toMatchObject({
      provider: 'gohighlevel-west',
      verdict: { kind: 'refused', code: 'stale-timestamp' },
    });
  });

  it('have the same answer as one account to a wrong signature', () => {
    const forged = request(ghlEvent({ locationId: 'west' }), () => ({ 'x-ghl-signature': 'Zm9yZ2Vk' }));
    expect(chooseAccount(events.accounts, forged)).toMatchObject({ verdict: { kind: 'refused', code: 'wrong-signature' } });
  });

  it('refuse a workflow webhook that names no location, unless its URL names the account', () => {
    const anyone = request({ contact_id: 'c1' }, () => ({ 'x-accord-secret': secretsOfEast.GHL_WORKFLOW_SECRET }));
    expect(() => chooseAccount(workflows.accounts, anyone)).toThrow(ApiProblem);
    expect(() => chooseAccount(workflows.accounts, anyone)).toThrow(
      /send it to this URL with \/gohighlevel or \/gohighlevel-west/,
    );
    const ofWest = workflows.accounts.filter(({ provider }) => provider.id === west.id);
    expect(chooseAccount(ofWest, anyone)).toMatchObject({ provider: west.id, verdict: { events: [{ accountId: 'west' }] } });
  });

  it('leave an account that is not connected out, and name its variables if none is', () => {
    const one = routeOf('/webhook/ghl', connect(east, null), connect(west, secretsOfWest));
    expect(chosen(one, ghl({ locationId: 'west' }))).toEqual(['gohighlevel-west', 'accepted']);
    const none = routeOf('/webhook/ghl', connect(east, null), connect(west, null));
    expect(() => chooseAccount(none.accounts, ghl({ locationId: 'west' }))).toThrow('gohighlevel is not connected.');
  });

  it('name the variables of the account that refuses', () => {
    const withoutSecret = { ...secretsOfWest, GHL_WEBHOOK_SECRET: undefined };
    const { accounts } = routeOf('/webhook/ghl', connect(west, withoutSecret));
    const hmac = request(ghlEvent(), () => ({ 'x-ghl-signature': 'a'.repeat(64) }));
    expect(chooseAccount(accounts, hmac)).toMatchObject({
      verdict: { reason: expect.stringMatching(/^Set GHL_WEBHOOK_SECRET to/) },
    });
    const other = { ...secretsOfWest, GHL_LOCATION_ID: 'elsewhere' };
    const ignored = chooseAccount(routeOf('/webhook/ghl', connect(west, other)).accounts, ghl({ locationId: 'west' }));
    expect(ignored.verdict).toMatchObject({ reason: 'The event is for another location than GHL_LOCATION_ID__WEST.' });
  });
});

describe('two merchants with applications of their own', () => {
  const url = 'https://accord.example.com/webhooks/square';
  const secrets = (merchant: string, key: string) => ({
    SQUARE_MERCHANT_ID: merchant,
    SQUARE_SIGNATURE_KEY: key,
    SQUARE_WEBHOOK_URL: url,
  });
  const keyA = 'the signature key of a';
  const keyB = 'the signature key of b';
  const { accounts } = routeOf('/webhooks/square', connect(shopA, secrets('A', keyA)), connect(shopB, secrets('B', keyB)));

  function event(merchant: string, key: string): WebhookRequest {
    const body = { merchant_id: merchant, type: 'customer.updated', event_id: 'e1', data: { type: 'customer', id: 'c1' } };
    const sign = (bytes: Buffer) => createHmac('sha256', key).update(url).update(bytes).digest('base64');
    return request(body, (bytes) => ({ 'x-square-hmacsha256-signature': sign(bytes) }));
  }

  it('get their own webhooks', () => {
    expect(chooseAccount(accounts, event('A', keyA))).toMatchObject({ provider: 'square', verdict: { kind: 'accepted' } });
    expect(chooseAccount(accounts, event('B', keyB))).toMatchObject({ provider: 'square-b', verdict: { kind: 'accepted' } });
  });

  it('cannot speak for each other: a key of B signs nothing about A', () => {
    expect(chooseAccount(accounts, event('A', keyB))).toMatchObject({ provider: 'square-b', verdict: { kind: 'ignored' } });
  });
});
