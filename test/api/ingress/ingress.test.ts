import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listInboxEvents, listRefusals } from '#db/sync/inbox.ts';
import { gohighlevel } from '#providers/index.ts';
import { startTestApi, type TestApi } from '#test/api/test-api.ts';
import { readFixture } from '#test/providers/fixtures.ts';
import { eventually } from '#test/setup/eventually.ts';
import { bytesOf, ed25519, ghlEvent, hmac, locationId, postBytes, postEvent, workflowSecret } from './ghl-webhook.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
const statusOf = async (response: Response) => [response.status, ((await response.json()) as { status: unknown }).status];

/** Posts the bytes to /webhook/ghl with the headers that `sign` returns. */
function post(body: Buffer, sign: (body: Buffer) => Record<string, string>): Promise<Response> {
  return postBytes(`${api.url}/webhook/ghl`, body, sign(body));
}
const genuine = (body: Buffer) => ({ 'x-ghl-signature': ed25519(body, api.keys) });
const shared = (body: Buffer) => ({ 'x-ghl-signature': hmac(body) });

describe('a genuine webhook', () => {
  it('is stored with its body, linked to a contact, and answered as queued', async () => {
    const event = ghlEvent({ id: 'stored00000000000001' });
    expect(await statusOf(await postEvent(api, event))).toEqual([200, 'queued']);
    const [row] = await api.db.selectFrom('inbox_event').selectAll().where('external_id', '=', 'stored00000000000001').execute();
    expect(row).toMatchObject({ provider: 'gohighlevel', scheme: 'ed25519', type: 'ContactTagUpdate', account_id: locationId });
    expect(JSON.parse(row?.payload ?? '')).toEqual(event);
    expect(Object.keys(row?.headers ?? {})).toEqual(expect.arrayContaining(['content-type', 'x-ghl-signature']));
    const links = await api.db.selectFrom('link').select('id').where('external_id', '=', 'stored00000000000001').execute();
    expect(links).toEqual([{ id: row?.link_id }]);
  });

  it.each(['ContactCreate', 'ContactUpdate', 'ContactDelete', 'ContactTagUpdate', 'ContactDndUpdate'])(
    'may be the printed sample of %s, without a timestamp and an id',
    async (type) => {
      const body = readFixture('gohighlevel', `published-webhooks/${type}`);
      expect(await statusOf(await post(body, genuine))).toEqual([200, 'queued']);
      const events = api.db.selectFrom('inbox_event').select('occurred_at').where('type', '=', type);
      expect(await events.where('external_id', '=', 'nmFmQEsNgz6AVpgLVUJ0').execute()).toEqual([{ occurred_at: null }]);
    },
  );

  it('may have characters in its contact that PostgreSQL cannot store in a value: the body is kept as it arrived', async () => {
    const event = ghlEvent({ id: 'nul', firstName: 'A\u0000da', lastName: 'half a pair \ud83d' });
    expect(await statusOf(await postEvent(api, event))).toEqual([200, 'queued']);
    const [row] = await api.db.selectFrom('inbox_event').select('payload').where('external_id', '=', 'nul').execute();
    expect(JSON.parse(row?.payload ?? '')).toEqual(event);
  });

  it('may have the nested form of the shared-secret scheme', async () => {
    const body = bytesOf({
      type: 'ContactUpdate',
      location_id: locationId,
      id: 'nested',
      contact: { id: 'nested', tags: [] },
      timestamp: Date.now(),
    });
    expect(await statusOf(await post(body, shared))).toEqual([200, 'queued']);
  });

  it('may come from a workflow with a contact id and the secret, which is not stored', async () => {
    const headers = { 'x-accord-secret': workflowSecret };
    const response = await postBytes(`${api.url}/webhook/ghl-workflow`, bytesOf({ contact_id: 'byWorkflow' }), headers);
    expect(await statusOf(response)).toEqual([200, 'queued']);
    const [row] = await api.db.selectFrom('inbox_event').select('headers').where('external_id', '=', 'byWorkflow').execute();
    expect(JSON.stringify(row)).not.toContain(workflowSecret);
  });

  it('is accepted on every alias of the path', async () => {
    const body = bytesOf(ghlEvent());
    expect((await postBytes(`${api.url}/webhooks/ghl`, body, genuine(body))).status).toBe(200);
  });

  it('may come by the URL of its account, and by that of no other', async () => {
    const send = (account: string) => {
      const body = bytesOf({ contact_id: 'byAccount' });
      return postBytes(`${api.url}/webhook/ghl-workflow/${account}`, body, { 'x-accord-secret': workflowSecret });
    };
    expect(await statusOf(await send('gohighlevel'))).toEqual([200, 'queued']);
    const refused = await send('gohighlevel-west');
    expect([refused.status, await refused.json()]).toEqual([
      404,
      expect.objectContaining({ detail: 'No account has this URL: it ends with the id of an account in accord.yaml.' }),
    ]);
  });

  it('is stored once per event id', async () => {
    const event = ghlEvent({ id: 'replayed' });
    expect(await statusOf(await postEvent(api, event))).toEqual([200, 'queued']);
    expect(await statusOf(await postEvent(api, { ...event, tags: ['other'] }))).toEqual([200, 'duplicate']);
    const rows = await api.db.selectFrom('inbox_event').select('id').where('external_id', '=', 'replayed').execute();
    expect(rows).toHaveLength(1);
  });

  it('may be redelivered hours later if it has an id', async () => {
    expect(await statusOf(await postEvent(api, ghlEvent({ timestamp: minutesAgo(70).toISOString() })))).toEqual([200, 'queued']);
  });

  it.each([
    ['it has another event type', { type: 'InvoicePaid' }],
    ['it is for another location', { locationId: 'somebodyElse00000000' }],
  ])('is ignored when %s', async (_what, fields) => {
    expect(await statusOf(await postEvent(api, ghlEvent({ id: 'ignored', ...fields })))).toEqual([200, 'ignored']);
    const rows = await api.db.selectFrom('inbox_event').select('id').where('external_id', '=', 'ignored').execute();
    expect(rows).toEqual([]);
  });

  it('may contain __proto__ without effect', async () => {
    const text = JSON.stringify(ghlEvent({ id: 'proto' })).replace('{', '{"__proto__":{"polluted":true,"type":"InvoicePaid"},');
    expect(await statusOf(await post(Buffer.from(text), genuine))).toEqual([200, 'queued']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('may have exactly 256 KB', async () => {
    expect((await post(ofSize(256 * 1024), genuine)).status).toBe(200);
  });
});

describe('refuses with a problem', () => {
  const altered = (body: Buffer) => Buffer.from(body.toString().replace('cold lead', 'Cold lead'));
  const cases: [what: string, status: number, code: string, () => Promise<Response>][] = [
    ['no signature', 401, 'missing-signature', () => post(bytesOf(ghlEvent()), () => ({}))],
    ['the signature N/A', 401, 'missing-signature', () => post(bytesOf(ghlEvent()), () => ({ 'x-ghl-signature': 'N/A' }))],
    ['a wrong signature', 401, 'wrong-signature', () => post(bytesOf(ghlEvent()), () => genuine(Buffer.from('other')))],
    ['a truncated signature', 401, 'wrong-signature', () => post(bytesOf(ghlEvent()), (b) => cut(genuine(b), 80))],
    ['a truncated HMAC', 401, 'wrong-signature', () => post(bytesOf(ghlEvent()), (b) => cut(shared(b), 63))],
    ['a wrong HMAC', 401, 'wrong-signature', () => post(bytesOf(ghlEvent()), () => shared(Buffer.from('other')))],
    ['a scheme that is not set up', 401, 'not-configured', () => post(bytesOf(ghlEvent()), () => ({ 'x-wh-signature': 'AAAA' }))],
    ['a body that changed by one byte', 401, 'wrong-signature', () => postAltered(bytesOf(ghlEvent()), altered)],
    ['a body that is not UTF-8', 400, 'malformed-body', () => post(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), genuine)],
    ['a body that is not JSON', 400, 'malformed-body', () => post(Buffer.from('{"type":'), genuine)],
    ['an empty body', 400, 'malformed-body', () => post(Buffer.alloc(0), genuine)],
    ['a body without a contact id', 400, 'malformed-body', () => postEvent(api, ghlEvent({ id: undefined }))],
    ['a contact id that is not text', 400, 'malformed-body', () => postEvent(api, ghlEvent({ id: { $ne: null } }))],
    ['a contact id with a NUL', 400, 'malformed-body', () => postEvent(api, ghlEvent({ id: 'a\u0000b' }))],
    ['an event id with a NUL', 400, 'malformed-body', () => postEvent(api, ghlEvent({ webhookId: 'a\u0000b' }))],
    ['an event id with half a surrogate pair', 400, 'malformed-body', () => postEvent(api, ghlEvent({ webhookId: 'a\ud83d' }))],
    ['a time in the year 0', 400, 'malformed-body', () => postWorkflow(workflowSecret, '0000-01-01T00:00:00Z')],
    ['an event without id, 5 minutes old', 401, 'stale-timestamp', () => postEvent(api, old(5.1, undefined))],
    ['an event with an id, a day old', 401, 'stale-timestamp', () => postEvent(api, old(24 * 60 + 1, 'known'))],
    ['257 KB', 413, 'too-large', () => post(ofSize(257 * 1024), genuine)],
    ['a compressed body', 415, 'compressed-body', () => postCompressed()],
    ['another content type', 415, 'unsupported-media-type', () => postAs('application/x-www-form-urlencoded')],
    ['a workflow with a wrong secret', 401, 'wrong-signature', () => postWorkflow('wrong')],
  ];

  it.each(cases)('%s', async (_what, status, code, send) => {
    const response = await send();
    const problem = (await response.json()) as Record<string, unknown>;
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(problem).toMatchObject({ type: `urn:accord:problem:${code}`, status });
    expect(response.status).toBe(status);
  });

  it('and stores the reason without the body', async () => {
    await post(bytesOf(ghlEvent({ id: 'refusedBody' })), () => ({ 'x-ghl-signature': 'N/A' }));
    await eventually(async () => {
      const rows = await listRefusals(api.db, { limit: 200 });
      expect(rows).toContainEqual(expect.objectContaining({ route: '/webhook/ghl', status: 401, code: 'missing-signature' }));
      expect(JSON.stringify(rows)).not.toContain('refusedBody');
    });
  });

  it('and stores one row, with their number, for those of a code and second', async () => {
    const counted = async () => {
      const text = await (await api.get('/metrics')).text();
      return Number(/refusals_total\{route="\/webhook\/ghl",code="missing-signature"\} (\d+)/.exec(text)?.[1]);
    };
    const stored = async () => (await listRefusals(api.db, { limit: 200 })).filter(({ code }) => code === 'missing-signature');
    await Promise.all(Array.from({ length: 50 }, () => post(bytesOf(ghlEvent()), () => ({}))));
    const all = await counted();
    await eventually(async () => expect((await stored()).reduce((sum, { count }) => sum + count, 0)).toBe(all));
    expect((await stored()).length).toBeLessThan(all - 25);
  });

  it('and stores no event', async () => {
    const before = await listInboxEvents(api.db, { limit: 1 });
    await post(bytesOf(ghlEvent()), () => ({}));
    expect(await listInboxEvents(api.db, { limit: 1 })).toEqual(before);
  });

  it('a client that hangs up in the middle, which is no outage', async () => {
    const { hostname, port } = new URL(api.url);
    const counted = async (outcome: string) => {
      const text = await (await api.get('/metrics')).text();
      return Number(new RegExp(`accord_webhooks_total\\{[^}]*webhook/ghl"[^}]*"${outcome}"\\} (\\d+)`).exec(text)?.[1]);
    };
    const [refused, unavailable] = [await counted('refused'), await counted('unavailable')];
    const head = 'POST /webhook/ghl HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n';
    const socket = connect(Number(port), hostname, () => socket.write(`${head}{`, () => socket.destroy()));
    await eventually(async () => expect(await counted('refused')).toBe(refused + 1));
    expect(await counted('unavailable')).toBe(unavailable);
  });

  it('another method, with the allowed one', async () => {
    const response = await fetch(`${api.url}/webhook/ghl`);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });

  function postAltered(body: Buffer, alter: (body: Buffer) => Buffer): Promise<Response> {
    return post(alter(body), () => genuine(body));
  }
  function postCompressed(): Promise<Response> {
    return post(gzipSync(bytesOf(ghlEvent())), (body) => ({ ...genuine(body), 'content-encoding': 'gzip' }));
  }
  function postAs(contentType: string): Promise<Response> {
    return post(bytesOf(ghlEvent()), (body) => ({ ...genuine(body), 'content-type': contentType }));
  }
  function postWorkflow(secret: string, timestamp?: string): Promise<Response> {
    const body = bytesOf({ contact_id: 'x', timestamp });
    return postBytes(`${api.url}/webhook/ghl-workflow`, body, { 'x-accord-secret': secret });
  }
});

it('names the missing settings of a provider that is not connected', async () => {
  const because = 'GoHighLevel is not connected: GHL_LOCATION_ID is not set.';
  const unconnected = {
    id: 'gohighlevel',
    webhookRoutes: gohighlevel.webhookRoutes ?? [],
    settings: null,
    notConnected: because,
  };
  const other = await startTestApi({ providers: [unconnected] });
  const response = await postEvent({ url: other.url, keys: api.keys });
  expect([response.status, ((await response.json()) as { detail: string }).detail]).toEqual([401, because]);
  await other.close();
});

function old(minutes: number, webhookId: string | undefined): Record<string, unknown> {
  return ghlEvent({ timestamp: minutesAgo(minutes).toISOString(), webhookId });
}

function cut(headers: { 'x-ghl-signature': string }, length: number) {
  return { 'x-ghl-signature': headers['x-ghl-signature'].slice(0, length) };
}

function ofSize(bytes: number): Buffer {
  const rest = bytes - bytesOf(ghlEvent({ note: '' })).length;
  return bytesOf(ghlEvent({ note: 'x'.repeat(rest) }));
}

// The last test: it spends the budget of this address.
it('refuses every workflow webhook from an address that sent too many wrong secrets, and no signed webhook', async () => {
  const ask = async (secret: string) => {
    const body = bytesOf({ contact_id: 'guessed' });
    return (await postBytes(`${api.url}/webhook/ghl-workflow`, body, { 'x-accord-secret': secret })).status;
  };
  for (let n = 0; n < 30; n += 1) await ask(`a wrong secret ${n}`);
  expect([await ask('a wrong secret 30'), await ask(workflowSecret)]).toEqual([429, 429]);
  const body = bytesOf(ghlEvent());
  expect((await post(body, genuine)).status).toBe(200);
});
