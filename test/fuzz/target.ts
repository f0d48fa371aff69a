import { createHmac, randomUUID } from 'node:crypto';
import { createApiKey } from '#db/api-keys.ts';
import { claimLink } from '#db/contacts/links.ts';
import { type Accord, startAccord } from '#test/setup/accord.ts';
import type { FuzzRequest, Signer } from './requests.ts';
import { type Answer, send } from './send.ts';

const ghlSecret = 'a secret of the fuzzer';
const workflowSecret = 'a workflow secret of the fuzzer';
const formSecret = 'a-form-secret-of-the-fuzzer';

export interface FuzzTarget {
  accord: Accord;
  /** Fills in and signs the request, sends it, and resolves with the answer. */
  answer(request: FuzzRequest, limitMs: number): Promise<Answer>;
  close(): Promise<void>;
}

/** The running api with all providers, some rows to find, and nobody who works on them. */
export async function startTarget(): Promise<FuzzTarget> {
  const accord = await startAccord({
    providers: ['gohighlevel', 'calltools', 'square', 'google', 'webform'],
    workersInside: false,
    secrets: {
      gohighlevel: { GHL_WEBHOOK_SECRET: ghlSecret, GHL_WORKFLOW_SECRET: workflowSecret },
      webform: { WEBFORM_SECRETS: formSecret },
    },
  });
  // One key may make 6,000 requests a minute.
  const keys = await Promise.all(
    Array.from(
      { length: 20 },
      async (_, index) => (await createApiKey(accord.db, { name: `fuzz ${index}`, scopes: ['admin'] })).key,
    ),
  );
  const { url } = accord.api;
  let sent = 0;
  let facts = await seed(accord, keys[0] as string);
  const secrets: SignerSecrets = { url, square: accord.settings.square.secrets };

  async function answer(request: FuzzRequest, limitMs: number): Promise<Answer> {
    sent += 1;
    // Requests delete and disable what they find.
    if (sent % 500 === 0) facts = await seed(accord, keys[0] as string);
    const fill = (text: string) => fillIn(text, facts);
    const target = fill(request.target);
    const body = request.body.includes('@') ? Buffer.from(fill(request.body.toString('latin1')), 'latin1') : request.body;
    const headers: [string, string][] = [
      // Budgets are counted by address.
      ['x-forwarded-for', `10.${(sent >> 16) & 255}.${(sent >> 8) & 255}.${sent & 255}`],
      ...request.headers.map(([name, value]): [string, string] => [name, value]),
      ...(request.signer ? sign(request.signer, { target, body, key: keys[sent % keys.length] as string }, secrets) : []),
    ];
    return send(url, { ...request, target, body, headers }, limitMs);
  }

  return { accord, answer, close: () => accord.close() };
}

type Facts = Record<string, string>;

function fillIn(text: string, facts: Facts): string {
  return text.replaceAll(/@(\w+)@/g, (whole, name) => {
    if (name === 'now') return new Date().toISOString();
    return name === 'uuid' ? randomUUID() : (facts[name] ?? whole);
  });
}

/** What requests may refer to: a contact, an endpoint with a delivery, a form submission. */
async function seed({ db, api, clients, settings }: Accord, key: string): Promise<Facts> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const post = async (path: string, body: object, more: Record<string, string> = {}) => {
    const response = await fetch(api.url + path, {
      method: 'POST',
      headers: { ...headers, ...more },
      body: JSON.stringify(body),
    });
    return (await response.json().catch(() => ({}))) as Record<string, string>;
  };
  const { accountId } = clients.gohighlevel;
  const link = await claimLink(db, { provider: 'gohighlevel', accountId, externalId: `fuzz-${randomUUID()}` });
  await db.deleteFrom('webhook_endpoint').execute();
  const { id: endpoint = '' } = await post('/api/v1/webhooks', { url: 'http://127.0.0.1:9/hook', events: ['new_lead'] });
  const { delivery_id: delivery = '' } = await post(`/api/v1/webhooks/${endpoint}/test`, {});
  const values = { name: 'Ada', email: `${randomUUID()}@example.com` };
  const { id: submission = '' } = await post('/webforms/contact', values, { origin: api.url });
  const merchant = (settings.square.secrets as Record<string, string>).SQUARE_MERCHANT_ID ?? '';
  return { contact: link.contact_id, endpoint, delivery, submission, location: accountId, merchant };
}

interface Signed {
  target: string;
  body: Buffer;
  key: string;
}

interface SignerSecrets {
  url: string;
  square: Record<string, string>;
}

function sign(signer: Signer, { target, body, key }: Signed, { url, square }: SignerSecrets): [string, string][] {
  switch (signer) {
    case 'api-key':
      return [['authorization', `Bearer ${key}`]];
    case 'ghl':
      return [['x-ghl-signature', createHmac('sha256', ghlSecret).update(body).digest('hex')]];
    case 'ghl-workflow':
      return [['x-accord-secret', workflowSecret]];
    case 'square': {
      const hmac = createHmac('sha256', square.SQUARE_SIGNATURE_KEY ?? '').update(square.SQUARE_WEBHOOK_URL ?? '');
      return [['x-square-hmacsha256-signature', hmac.update(body).digest('base64')]];
    }
    case 'form':
      return [['origin', url], ...signForm(target, body)];
  }
}

/** Half of the submissions come from a server, which signs. */
function signForm(target: string, body: Buffer): [string, string][] {
  if (body.length % 2 === 0) return [];
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const form = target.split('/')[2]?.split('?')[0] ?? '';
  const hmac = createHmac('sha256', formSecret).update(`${timestamp}.${form}.`).update(body);
  return [
    ['x-accord-timestamp', timestamp],
    ['x-accord-signature', `sha256=${hmac.digest('hex')}`],
  ];
}
