import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { webform } from '#providers/index.ts';
import { startTestApi, type TestApi, type TestApiOptions } from '#test/api/test-api.ts';

export const formSecret = 'a-secret-that-servers-share';
export const site = 'https://www.example.com';

const fields = [
  { name: 'name', label: 'Name', required: true, mapsTo: 'fullName' },
  { name: 'email', label: 'Email address', type: 'email', mapsTo: 'email' },
  { name: 'phone', label: 'Phone number', type: 'tel', hint: 'With its area code.', mapsTo: 'phone' },
  {
    name: 'topic',
    label: 'Topic',
    type: 'select',
    options: ['Offer', { value: 'service', label: 'Service & repair' }],
    mapsTo: 'tag',
  },
  { name: 'born', label: 'Birthday', type: 'date', mapsTo: 'birthday' },
  { name: 'message', label: 'Message', type: 'textarea', maxLength: 500, mapsTo: 'note' },
  { name: 'campaign', label: 'Campaign', type: 'hidden' },
  {
    name: 'consent',
    label: 'Permission',
    type: 'checkbox',
    consent: { grants: ['call', 'sms'], text: 'You may call and text me.' },
  },
];
const generous = { submissions: 10_000, minutes: 10 };

export const testForms = {
  contact: {
    title: 'Contact us',
    thanks: 'Thank you very much.',
    allowedOrigins: [site],
    rateLimit: generous,
    tags: ['web lead'],
    fields,
  },
  strict: { title: 'Strict', rateLimit: { submissions: 2, minutes: 10 }, fields },
  away: { title: 'Away', redirect: 'https://www.example.com/thanks', rateLimit: generous, fields },
  partner: { title: 'Partner', signedOnly: true, rateLimit: { submissions: 1, minutes: 10 }, fields },
};

export interface FormApi extends TestApi {
  /** A JSON post from a script. */
  send(form: string, values: object, headers?: Record<string, string>): Promise<Response>;
  /** A form post without script, from the hosted page. */
  sendPage(form: string, values: Record<string, string>, headers?: Record<string, string>): Promise<Response>;
  submissions(form: string): Promise<{ id: string; values: Record<string, string>; evidence: Record<string, string> }[]>;
}

export interface FormApiOptions extends TestApiOptions {
  forms?: object;
  secrets?: Record<string, string>;
}

/** The api with web forms as the only connected provider. */
export async function startFormApi(options: FormApiOptions = {}): Promise<FormApi> {
  const { forms = testForms, secrets = { WEBFORM_SECRETS: formSecret }, ...rest } = options;
  const settings = { account: webform.accountSchema.parse({ forms }), secrets: webform.secretsSchema.parse(secrets) };
  const api = await startTestApi({ ...rest, providers: [{ id: 'webform', webhookRoutes: [], notConnected: null, settings }] });
  const post = (form: string, body: string, headers: Record<string, string>) =>
    fetch(`${api.url}/webforms/${form}`, { method: 'POST', body, redirect: 'manual', headers: { origin: api.url, ...headers } });
  return {
    ...api,
    send: (form, values, headers = {}) => post(form, JSON.stringify(values), { 'content-type': 'application/json', ...headers }),
    sendPage: (form, values, headers = {}) =>
      post(form, new URLSearchParams(values).toString(), {
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
        ...headers,
      }),
    submissions: (form) =>
      api.db.selectFrom('form_submission').select(['id', 'values', 'evidence']).where('form', '=', form).orderBy('id').execute(),
  };
}

/** The headers of a signed submission. The signature covers the time, the form and the bytes. */
export function signed(form: string, body: string, { secret = formSecret, at = Date.now() } = {}): Record<string, string> {
  const timestamp = String(Math.floor(at / 1_000));
  const signature = createHmac('sha256', secret).update(`${timestamp}.${form}.${body}`).digest('hex');
  return { 'x-accord-timestamp': timestamp, 'x-accord-signature': `sha256=${signature}`, 'content-type': 'application/json' };
}

/** Posts without the default headers of `fetch`. */
export async function postBare(
  url: string,
  body: string,
  headers: Record<string, string>,
): Promise<{ status: number; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const sent = request(url, { method: 'POST', headers }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk) => chunks.push(chunk));
    answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
  });
  sent.on('error', reject).end(body);
  return promise;
}
