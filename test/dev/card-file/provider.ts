import { z } from 'zod';
import type { ProviderValues } from '#domain/contact.ts';
import { normalizeEmail } from '#domain/normalize/email.ts';
import { normalizePhone } from '#domain/normalize/phone.ts';
import { NotFoundError } from '#providers/errors.ts';
import type { ConnectOptions, Provider, ProviderClient, ProviderRecord, WebhookRoute } from '#providers/provider.ts';
import { isHmacSha256 } from '#signatures/hmac.ts';
import type { Card } from './sandbox.ts';

const accountSchema = z.strictObject({});
const secretsSchema = z.object({
  CARDFILE_BASE_URL: z.url(),
  CARDFILE_API_KEY: z.string().min(1),
  CARDFILE_WEBHOOK_SECRET: z.string().min(1),
});
type Account = z.output<typeof accountSchema>;
type Secrets = z.output<typeof secretsSchema>;

const accountId = 'box-1';

const eventSchema = z.object({ event: z.string(), card: z.string() });

const webhookRoute: WebhookRoute<Account, Secrets> = {
  paths: ['/webhooks/cardfile'],
  receive({ headers, rawBody }, { secrets }) {
    const signature = String(headers['x-signature']);
    const check = { payload: rawBody, secret: secrets.CARDFILE_WEBHOOK_SECRET, signature, encoding: 'hex' } as const;
    if (!isHmacSha256(check)) return { kind: 'refused', status: 401, code: 'wrong-signature', reason: 'Wrong signature.' };
    const { event: eventId, card: externalId } = eventSchema.parse(JSON.parse(rawBody.toString()));
    const event = { eventId, type: 'card.changed', accountId, externalId, occurredAt: null };
    return { kind: 'accepted', scheme: 'hmac-sha256', events: [event] };
  },
  whenUnavailable: { status: 503, retryAfterSeconds: 60 },
};

/** The provider of `sandbox.ts`: the least that a provider can be. */
export const cardFile: Provider<Account, Secrets> = {
  id: 'cardfile',
  name: 'Card File',
  fields: ['givenName', 'familyName', 'phones', 'emails'],
  accountSchema,
  secretsSchema,
  webhookRoutes: [webhookRoute],
  fitValues,
  connect,
};

/** A card has one phone and one email address. */
function fitValues({ givenName = null, familyName = null, phones = [], emails = [] }: ProviderValues): ProviderValues {
  const fitted = phones.slice(0, 1).flatMap(({ e164 }) => normalizePhone(e164, { defaultRegion: 'US' }) ?? []);
  return { givenName, familyName, phones: fitted, emails: emails.slice(0, 1).map(({ address }) => ({ address, label: null })) };
}

function connect({
  secrets: { CARDFILE_BASE_URL: url, CARDFILE_API_KEY: key },
}: ConnectOptions<Account, Secrets>): ProviderClient {
  async function call<T>(method: string, path: string, body?: object): Promise<T> {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const response = await fetch(`${url}/cards${path}`, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
    });
    if (response.status === 404) throw new NotFoundError({ provider: 'cardfile', operation: method, message: 'No such card.' });
    if (!response.ok) throw new Error(`Card File answered ${response.status}`);
    return (await response.json()) as T;
  }
  const list = async () => (await call<Card[]>('GET', '')).map(toRecord);
  return {
    accountId,
    requestsPerSecond: 100,
    read: async (id) => toRecord(await call<Card>('GET', `/${id}`)),
    list: async () => ({ records: await list(), unreadable: [], cursor: null, total: null }),
    find: async ({ reference, phones, emails }) =>
      (await list()).filter(
        ({ reference: own, values }) =>
          (own !== null && own === reference) ||
          values.phones?.some(({ e164 }) => e164 !== null && phones.includes(e164)) ||
          values.emails?.some(({ address }) => emails.includes(address)),
      ),
    create: async ({ set }, { reference }) => {
      const record = toRecord(await call<Card>('POST', '', { ...toCard(set), reference }));
      return { outcome: 'created', record };
    },
    update: async (id, { set }) => ({ outcome: 'updated', record: toRecord(await call<Card>('PATCH', `/${id}`, toCard(set))) }),
  };
}

function toCard({ givenName, familyName, phones, emails }: ProviderValues): object {
  return { givenName, familyName, phone: phones && (phones[0]?.e164 ?? null), email: emails && (emails[0]?.address ?? null) };
}

function toRecord({ id, reference, givenName, familyName, phone, email }: Card): ProviderRecord {
  const phones = [normalizePhone(phone, { defaultRegion: 'US' })].filter((each) => each !== null);
  const emails = [normalizeEmail(email)].filter((each) => each !== null);
  const values = fitValues({ givenName, familyName, phones, emails });
  return { externalId: id, version: null, updatedAt: null, reference, complete: true, values };
}
