import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { listInboxEvents, listRefusals } from '#db/sync/inbox.ts';
import { faultsOf } from '#test/api/docs/openapi-check.ts';
import { createTcpGate } from '#test/api/tcp-gate.ts';
import { eventually } from '#test/setup/eventually.ts';
import { contactWorkflowId } from '#workflows/ids.ts';
import { type FormApi, formSecret, postBare, signed, site, startFormApi, testForms } from './web-form-api.ts';

type Answer = { code: number } & Record<string, unknown>;

let api: FormApi;
beforeAll(async () => {
  api = await startFormApi();
});
afterAll(() => api.close());

/** Values of a different person for each test. */
const someone = (more: object = {}) => ({ name: 'Ada Lovelace', email: `${randomUUID()}@example.com`, ...more });
const answerOf = async (response: Response): Promise<Answer> =>
  Object.assign((await response.json()) as object, { code: response.status });
const stored = async (email: string) => (await api.submissions('contact')).filter(({ values }) => values.email === email);
const post = (form: string, body: string, headers: Record<string, string> = {}) =>
  fetch(`${api.url}/webforms/${form}`, { method: 'POST', body, headers: { origin: api.url, ...headers } });

describe('a submission', () => {
  it('is stored with its origin, dispatched, and answered with its id', async () => {
    const values = someone({ phone: '(512) 555-0143', consent: true });
    const response = await api.send('contact', values, { 'user-agent': 'Browser/1.0', referer: `${api.url}/form/contact` });
    expect(await faultsOf('post', '/webforms/{form}', response)).toEqual([]);
    const answer = await answerOf(response);
    expect(answer).toEqual({ code: 202, status: 'queued', id: expect.any(String) });
    expect(await stored(values.email)).toEqual([
      {
        id: answer.id,
        values: { ...values, consent: 'yes' },
        evidence: {
          origin: api.url,
          page: `${api.url}/form/contact`,
          proof: 'origin',
          ip: '127.0.0.1',
          userAgent: 'Browser/1.0',
          'words.consent': 'You may call and text me.',
          'grants.consent': 'call sms',
        },
      },
    ]);
    const link = await api.db
      .selectFrom('link')
      .selectAll()
      .where('external_id', '=', String(answer.id))
      .executeTakeFirstOrThrow();
    expect(link).toMatchObject({ provider: 'webform', account_id: 'forms', state: 'linked' });
    await eventually(() => api.temporal.workflow.getHandle(contactWorkflowId(link.contact_id)).describe());
  });

  it('has an inbox event without personal data', async () => {
    const values = someone();
    const { id } = await answerOf(await api.send('contact', values));
    const row = await api.db.selectFrom('inbox_event').selectAll().where('event_id', '=', String(id)).executeTakeFirstOrThrow();
    expect(row).toMatchObject({ provider: 'webform', type: 'FormSubmitted', scheme: 'origin', external_id: id });
    expect(JSON.stringify(row)).not.toContain(values.email);
  });

  it('may be a form post, whose unknown fields are ignored', async () => {
    const values = someone();
    const body = new URLSearchParams({ ...values, utm_source: 'x', message: 'first\r\nsecond' }).toString();
    const response = await post('contact', body, { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' });
    expect(response.status).toBe(202);
    expect((await stored(values.email))[0]?.values).toEqual({ ...values, message: 'first\nsecond' });
  });

  it('keeps names in any script', async () => {
    for (const name of ['𠮷野 家', 'שָׁרָה לוי', 'محمد بن سلمان', '👩‍👩‍👧 Ünï']) {
      const json = someone({ name });
      const form = someone({ name });
      expect((await api.send('contact', json)).status).toBe(202);
      expect((await api.sendPage('contact', form)).status).toBe(303);
      for (const { email } of [json, form]) expect((await stored(email))[0]?.values.name).toBe(name.normalize('NFC'));
    }
  });

  it('has lone surrogates replaced', async () => {
    const { email } = someone();
    expect((await post('contact', `{"name":"A\\ud83d","email":"${email}"}`, json)).status).toBe(202);
    expect((await stored(email))[0]?.values.name).toBe('A\ufffd');
  });
});

const json = { 'content-type': 'application/json' };

describe('a form post in another charset', () => {
  const urlencoded = 'application/x-www-form-urlencoded';
  const email = () => `${randomUUID()}@example.com`;

  it.each<[what: string, body: string, type: string, name: string]>([
    ['windows-1252 without a name', 'name=Jos%E9+Mu%F1oz', urlencoded, 'José Muñoz'],
    ['windows-1252 with raw bytes and the euro sign', 'name=Jos\xe9+%80', urlencoded, 'José €'],
    ['a declared charset', 'name=%BE%AF', `${urlencoded}; charset=shift_jis`, 'ｾｯ'],
    ['a charset in _charset_', '_charset_=iso-8859-2&name=%A3ukasz', urlencoded, 'Łukasz'],
    ['UTF-8', 'name=Jos%C3%A9+Mu%C3%B1oz&_charset_=UTF-8', urlencoded, 'José Muñoz'],
    ['a percent sign that is none', 'name=100%+Ada+%zz', urlencoded, '100% Ada %zz'],
  ])('is decoded: %s', async (_what, body, type, name) => {
    const address = email();
    const bytes = Buffer.from(`${body}&email=${encodeURIComponent(address)}`, 'latin1');
    const sent = await fetch(`${api.url}/webforms/contact`, {
      method: 'POST',
      body: new Uint8Array(bytes),
      headers: { origin: api.url, 'content-type': type },
    });
    expect(sent.status).toBe(202);
    expect((await stored(address))[0]?.values).toEqual({ name, email: address });
  });

  it('is refused where the text is not in the declared charset, or in none that is known', async () => {
    const address = email();
    const cases = [
      [`name=Jos%E9&email=${address}`, `${urlencoded}; charset=utf-8`, 400],
      [`name=Jos%E9%81&email=${address}`, urlencoded, 400],
      [`name=Ada&email=${address}`, `${urlencoded}; charset=utf-16le`, 415],
      [`name=Ada&email=${address}`, `${urlencoded}; charset=klingon`, 415],
    ] as const;
    for (const [body, type, status] of cases) expect((await post('contact', body, { 'content-type': type })).status).toBe(status);
    expect(await stored(address)).toEqual([]);
  });
});

describe('a repeated submission', () => {
  it('is stored once and answered as a duplicate', async () => {
    const values = someone();
    const [one, other] = await Promise.all(
      [api.send('contact', values), api.send('contact', values)].map(async (r) => answerOf(await r)),
    );
    expect([one?.status, other?.status].sort()).toEqual(['duplicate', 'queued']);
    expect(one?.id).toBe(other?.id);
    expect(await stored(values.email)).toHaveLength(1);
  });

  it('redirects a browser to the same page', async () => {
    const values = someone();
    const places = [];
    for (let click = 0; click < 2; click += 1) places.push((await api.sendPage('contact', values)).headers.get('location'));
    expect(places).toEqual(['/form/contact/thanks', '/form/contact/thanks']);
    expect(await stored(values.email)).toHaveLength(1);
  });

  it('is stored when any value differs', async () => {
    const values = someone();
    await api.send('contact', { ...values, message: 'one' });
    await api.send('contact', { ...values, message: 'other' });
    expect(await stored(values.email)).toHaveLength(2);
  });

  it('is recognised by its Idempotency-Key', async () => {
    const values = someone();
    const key = { 'idempotency-key': randomUUID() };
    const first = await answerOf(await api.send('contact', values, key));
    expect(await answerOf(await api.send('contact', values, key))).toEqual({ ...first, status: 'duplicate' });
    expect(await answerOf(await api.send('contact', values, { 'idempotency-key': randomUUID() }))).toMatchObject({
      status: 'queued',
    });
    const reused = await api.send('contact', { ...values, message: 'other' }, key);
    expect(await answerOf(reused)).toMatchObject({ code: 422, type: 'urn:accord:problem:idempotency-key-reused' });
    expect(await answerOf(await api.send('contact', values, { 'idempotency-key': 'a b' }))).toMatchObject({ code: 400 });
  });
});

const httpSite = site.replace('https:', 'http:');

it.each([{ 'x-forwarded-proto': 'https' }, {}])(
  'accepts its own host with encryption, behind a proxy that says %j',
  async (said) => {
    const origin = api.url.replace('http:', 'https:');
    expect((await api.send('contact', someone(), { origin, ...said })).status).toBe(202);
  },
);

describe('refuses with a problem', () => {
  const cases: [what: string, status: number, code: string, () => Promise<Response>][] = [
    ['a foreign origin', 403, 'foreign-origin', () => api.send('contact', someone(), { origin: 'https://evil.example' })],
    [
      'an origin that begins like an allowed one',
      403,
      'foreign-origin',
      () => api.send('contact', someone(), { origin: `${site}.evil.example` }),
    ],
    ['an allowed site without encryption', 403, 'foreign-origin', () => api.send('contact', someone(), { origin: httpSite })],
    ['an allowed site at another port', 403, 'foreign-origin', () => api.send('contact', someone(), { origin: `${site}:8443` })],
    [
      'its own host without encryption, when the form has it',
      403,
      'foreign-origin',
      () => api.send('contact', someone(), { origin: api.url, 'x-forwarded-proto': 'https' }),
    ],
    ['an allowed origin of another form', 403, 'foreign-origin', () => api.send('strict', someone(), { origin: site })],
    ['an origin that is null', 403, 'foreign-origin', () => api.send('contact', someone(), { origin: 'null' })],
    ['300 KB', 413, 'too-large', () => api.send('contact', someone({ message: 'x'.repeat(300 * 1024) }))],
    ['a compressed body', 415, 'compressed-body', () => postGzip()],
    [
      'another content type',
      415,
      'unsupported-media-type',
      () => post('contact', 'x', { 'content-type': 'multipart/form-data; boundary=x' }),
    ],
    [
      'another charset',
      415,
      'unsupported-media-type',
      () => post('contact', '{}', { 'content-type': 'application/json; charset=utf-16' }),
    ],
    ['an unknown form', 404, 'not-found', () => api.send('unknown', someone())],
    ['a form named like an inherited property', 404, 'not-found', () => api.send('constructor', someone())],
    ['a body that is not JSON', 400, 'malformed-body', () => post('contact', '{"name":', json)],
    ['a list', 400, 'malformed-body', () => post('contact', '[]', json)],
    ['an unsigned submission where a signature is required', 401, 'missing-signature', () => api.send('partner', someone())],
    ['a missing field', 422, 'invalid-fields', () => api.send('contact', { email: 'a@example.com' })],
    ['neither email nor phone', 422, 'invalid-fields', () => api.send('contact', { name: 'Ada' })],
    ['an unknown field', 422, 'invalid-fields', () => api.send('contact', someone({ emial: 'x' }))],
    ['a tag that is no option', 422, 'invalid-fields', () => api.send('contact', someone({ topic: 'customer' }))],
    ['a list in a field', 422, 'invalid-fields', () => api.send('contact', someone({ name: ['a'] }))],
    ['a NUL', 422, 'invalid-fields', () => api.send('contact', someone({ name: 'a\0b' }))],
  ];

  it.each(cases)('%s', async (_what, status, code, send) => {
    const before = await count();
    const response = await send();
    expect(await faultsOf('post', '/webforms/{form}', response)).toEqual([]);
    expect(await answerOf(response)).toMatchObject({ code: status, status, type: `urn:accord:problem:${code}` });
    expect(await count()).toBe(before);
  });

  it('names each invalid field, without its value', async () => {
    const answer = await answerOf(await api.send('contact', { email: 'secret@', phone: '12', born: '2001-02-30', consent: {} }));
    expect(answer.errors).toEqual([
      { pointer: '/body/name', detail: 'Fill in: Name.' },
      { pointer: '/body/email', detail: 'Enter an email address, such as name@example.com.' },
      { pointer: '/body/phone', detail: 'Enter a phone number with its area code.' },
      { pointer: '/body/born', detail: 'Enter a date as year, month and day, such as 1985-12-10.' },
      { pointer: '/body/consent', detail: 'This must be text.' },
    ]);
    expect(JSON.stringify(answer)).not.toContain('secret@');
  });

  it('and stores the reason without the values', async () => {
    await eventually(async () => {
      await api.send('contact', someone({ name: 'Refused Person' }), { origin: 'https://evil.example' });
      const rows = await listRefusals(api.db, { limit: 200 });
      expect(rows).toContainEqual(expect.objectContaining({ route: '/webforms/contact', status: 403, code: 'foreign-origin' }));
      expect(JSON.stringify(rows)).not.toContain('Refused Person');
    });
  });

  it('a post without an origin, unless it is signed', async () => {
    const body = JSON.stringify(someone());
    expect(await postBare(`${api.url}/webforms/contact`, body, json)).toMatchObject({ status: 403 });
    expect(await postBare(`${api.url}/webforms/contact`, body, signed('contact', body))).toMatchObject({ status: 202 });
    const referer = `${api.url}/form/contact`;
    const other = JSON.stringify(someone());
    expect(await postBare(`${api.url}/webforms/contact`, other, { ...json, referer })).toMatchObject({ status: 202 });
    const foreign = { ...json, referer: 'https://evil.example/form/contact' };
    expect(await postBare(`${api.url}/webforms/contact`, other, foreign)).toMatchObject({ status: 403 });
  });

  it('another method, with the allowed one', async () => {
    const response = await fetch(`${api.url}/webforms/contact`);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });

  function postGzip(): Promise<Response> {
    const headers = { ...json, origin: api.url, 'content-encoding': 'gzip' };
    return fetch(`${api.url}/webforms/contact`, {
      method: 'POST',
      headers,
      body: new Uint8Array(gzipSync(JSON.stringify(someone()))),
    });
  }
  const count = async () => (await api.submissions('contact')).length + (await listInboxEvents(api.db, { limit: 200 })).length;
});

describe('a submission that fills in the honeypot', () => {
  it('is answered as accepted, and not stored', async () => {
    const before = await api.submissions('contact');
    const values = { ...someone(), homepage: 'https://spam.example' };
    expect(await answerOf(await api.send('contact', values))).toEqual({ code: 202, status: 'queued', id: expect.any(String) });
    const page = await api.sendPage('contact', values);
    expect([page.status, page.headers.get('location')]).toEqual([303, '/form/contact/thanks']);
    expect(await api.submissions('contact')).toEqual(before);
    expect(await (await api.get('/metrics')).text()).toMatch(/refusals_total\{route="\/webforms\/contact",code="honeypot"\} 2\n/);
    await eventually(async () => {
      const rows = await listRefusals(api.db, { limit: 200 });
      expect(rows).toContainEqual(expect.objectContaining({ route: '/webforms/contact', status: 202, code: 'honeypot' }));
    });
  });
});

describe('the rate limit', () => {
  it('applies to one form and one address, with Retry-After', async () => {
    const statuses = [];
    for (let each = 0; each < 2; each += 1) statuses.push((await api.send('strict', someone())).status);
    const response = await api.send('strict', someone());
    expect([...statuses, response.status]).toEqual([202, 202, 429]);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await faultsOf('post', '/webforms/{form}', response)).toEqual([]);
    expect((await api.send('contact', someone())).status).toBe(202);
    const elsewhere = await api.send('strict', someone(), { 'x-forwarded-for': '192.0.2.7' });
    expect(elsewhere.status).toBe(202);
  });
});

it.each([
  ['203.0.113.9:41000', '203.0.113.9'],
  ['[2001:db8::1]:443', '2001:db8::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['198.51.100.7, 203.0.113.9:41000', '203.0.113.9'],
  ['203.0.113.9:41000, 127.0.0.1:5000', '203.0.113.9'],
])('reads the address %s of X-Forwarded-For without its port', async (forwarded, ip) => {
  const values = someone();
  await api.send('contact', values, { 'x-forwarded-for': forwarded });
  expect((await stored(values.email))[0]?.evidence.ip).toBe(ip);
  const repeated = await api.send('contact', values, { 'x-forwarded-for': forwarded.replace(/:41000|:443/, ':41001') });
  expect(await answerOf(repeated)).toMatchObject({ status: 'duplicate' });
});

it('trusts X-Forwarded-For of trusted proxies only', async () => {
  const values = someone();
  const behind = { 'x-forwarded-for': '192.0.2.7' };
  await api.send('contact', values, behind);
  expect((await stored(values.email))[0]?.evidence.ip).toBe('192.0.2.7');
  const other = await startFormApi({ trustedProxies: ['198.51.100.0/24'] });
  await other.send('contact', values, behind);
  expect((await other.submissions('contact'))[0]?.evidence.ip).toBe('127.0.0.1');
  await other.close();
});

describe('a signed submission', () => {
  const sendSigned = async (form: string, body: string, headers: Record<string, string>) =>
    answerOf(await fetch(`${api.url}/webforms/${form}`, { method: 'POST', body, headers }));

  it('is accepted once: a recorded post is a duplicate, whatever key is put beside it', async () => {
    const body = JSON.stringify(someone());
    const headers = signed('contact', body);
    const first = await sendSigned('contact', body, headers);
    expect(first).toMatchObject({ code: 202, status: 'queued' });
    const spellings = [headers['x-accord-signature'], headers['x-accord-signature']?.slice('sha256='.length).toUpperCase()];
    for (const signature of spellings) {
      const again = { ...headers, 'x-accord-signature': String(signature), 'idempotency-key': randomUUID() };
      expect(await sendSigned('contact', body, again)).toEqual({ ...first, status: 'duplicate' });
    }
  });

  it('has a rate limit of its own', async () => {
    const limited = await startFormApi({
      forms: { partner: { ...testForms.partner, signedRateLimit: { submissions: 2, minutes: 10 } } },
    });
    const statuses: number[] = [];
    for (let each = 0; each < 3; each += 1) {
      const body = JSON.stringify(someone());
      const sent = await fetch(`${limited.url}/webforms/partner`, { method: 'POST', body, headers: signed('partner', body) });
      statuses.push(sent.status);
    }
    expect(statuses).toEqual([202, 202, 429]);
    await limited.close();
  });

  it('needs no origin, and does not count for the limit of addresses', async () => {
    for (let each = 0; each < 3; each += 1) {
      const body = JSON.stringify(someone());
      expect(await sendSigned('partner', body, signed('partner', body))).toMatchObject({ code: 202, status: 'queued' });
    }
    expect((await api.submissions('partner')).map(({ evidence }) => evidence.proof)).toEqual([
      'signature',
      'signature',
      'signature',
    ]);
  });

  it('is refused when it is wrong, of another form, too old, too new, or has no time', async () => {
    const body = JSON.stringify(someone());
    const cases: [code: string, headers: Record<string, string>][] = [
      ['wrong-signature', signed('partner', body, { secret: 'another-secret-as-long' })],
      ['wrong-signature', signed('partner', `${body} `)],
      ['wrong-signature', signed('contact', body)],
      ['wrong-signature', { ...signed('partner', body), 'x-accord-signature': '' }],
      ['wrong-signature', { ...signed('partner', body), 'x-accord-timestamp': '1' }],
      ['stale-timestamp', signed('partner', body, { at: Date.now() - 5.1 * 60_000 })],
      ['stale-timestamp', signed('partner', body, { at: Date.now() + 5.1 * 60_000 })],
      ['missing-signature', { ...signed('partner', body), 'x-accord-timestamp': 'soon' }],
    ];
    for (const [code, headers] of cases) {
      expect(await sendSigned('partner', body, headers)).toMatchObject({ code: 401, type: `urn:accord:problem:${code}` });
    }
  });

  it('is valid with any of the secrets, and refused when none is set', async () => {
    const body = JSON.stringify(someone());
    const both = await startFormApi({ secrets: { WEBFORM_SECRETS: `the-new-secret-16ch, ${formSecret}` } });
    const none = await startFormApi({ secrets: {} });
    const send = (url: string, secret: string) =>
      fetch(`${url}/webforms/partner`, { method: 'POST', body, headers: signed('partner', body, { secret }) }).then(answerOf);
    expect(await send(both.url, 'the-new-secret-16ch')).toMatchObject({ status: 'queued' });
    expect(await send(both.url, formSecret)).toMatchObject({ status: 'duplicate' });
    expect(await send(none.url, formSecret)).toMatchObject({ code: 401, type: 'urn:accord:problem:not-configured' });
    await Promise.all([both.close(), none.close()]);
  });
});

describe('a page of another site', () => {
  const preflight = (form: string, origin: string) =>
    fetch(`${api.url}/webforms/${form}`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    });

  it('may send a preflight, send the form and read the response when it is allowed', async () => {
    const asked = await preflight('contact', site);
    expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([204, site]);
    expect(asked.headers.get('access-control-allow-methods')).toBe('POST');
    expect(asked.headers.get('access-control-allow-headers')).toMatch(/content-type/i);
    for (const values of [someone(), {}]) {
      const response = await api.send('contact', values, { origin: site });
      expect(response.headers.get('access-control-allow-origin')).toBe(site);
      expect(response.headers.get('vary')).toMatch(/origin/i);
    }
  });

  it('gets no CORS headers when it is not allowed', async () => {
    const asked = await preflight('contact', 'https://evil.example');
    expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    const sent = await api.send('contact', someone(), { origin: 'https://evil.example' });
    expect(sent.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('while the database is down', () => {
  it('answers 503 to programs and browsers, and stores the next try', async () => {
    const { hostname, port } = new URL(String(process.env.ACCORD_TEST_DATABASE_URL));
    const gate = await createTcpGate({ host: hostname, port: Number(port) });
    const gated = await startFormApi({
      databaseUrl: (real) => Object.assign(new URL(real), { hostname: gate.host, port: String(gate.port) }).href,
    });
    const values = someone({ message: 'Please <call> me' });
    await gate.shut();
    const program = await gated.send('contact', values);
    expect(await faultsOf('post', '/webforms/{form}', program)).toEqual([]);
    expect([program.status, Number(program.headers.get('retry-after'))]).toEqual([503, 30]);
    const page = await gated.sendPage('contact', values);
    expect([page.status, page.headers.get('retry-after')]).toEqual([503, '30']);
    const text = await page.text();
    expect(text).toContain('Your form could not be saved.');
    expect(text).toContain('Please &lt;call&gt; me');
    await gate.open();
    expect(await answerOf(await gated.send('contact', values))).toMatchObject({ code: 202, status: 'queued' });
    await gated.close();
    await gate.shut();
  });

  it('answers 503 in time while it hangs', async () => {
    const values = someone();
    await api.db.transaction().execute(async (tx) => {
      await sql`lock table form_submission in access exclusive mode`.execute(tx);
      expect((await api.send('contact', values)).status).toBe(503);
    });
    expect((await api.send('contact', values)).status).toBe(202);
  });
});
