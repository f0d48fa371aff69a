import fc from 'fast-check';
import { document } from '#test/api/docs/openapi-check.ts';
import { fromSchema, type Schema } from './from-schema.ts';
import { mutated, toBytes } from './mutate.ts';
import { nastyText } from './nasty-values.ts';
import type { WireRequest } from './send.ts';

/** A request before the target fills in `@contact@` and its like, an API key and a signature. */
export interface FuzzRequest extends WireRequest {
  /** Whose signature the target adds, so that the request gets past the first check. */
  signer: Signer | null;
}

export type Signer = 'api-key' | 'ghl' | 'ghl-workflow' | 'square' | 'form';

interface Parameter {
  in: string;
  name: string;
  schema?: Schema;
}

interface Operation {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  security?: unknown[];
  responses?: Record<string, { content?: Record<string, unknown> }>;
}

interface Route {
  method: string;
  path: string;
  operation: Operation;
}

/** Without streams, whose answers do not end: test/api/changes opens them. */
const documented: Route[] = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
  Object.entries(methods as Record<string, Operation>)
    .filter(([, { responses }]) => !('text/event-stream' in (responses?.['200']?.content ?? {})))
    .map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
);

/** Public routes that are no operations of the API. */
const pages: Route[] = [
  ...[
    '/form/{form}',
    '/form/{form}/thanks',
    '/form/{form}/fragment',
    '/form/{form}/confirm/{token}',
    '/form/embed.js',
    '/',
    '/docs',
  ],
  ...['/docs/openapi.json', '/docs/openapi.yaml', '/docs/start.js', '/{anything}'],
].map((path) => ({ method: 'GET', path, operation: {} }));
const confirmation: Route = { method: 'POST', path: '/form/{form}/confirm/{token}', operation: {} };

const routes = [...documented, ...pages, confirmation];

/** Bodies of vendors and visitors, whose schemas the document leaves open. */
const bodies: Record<string, { signer: Signer; body: unknown }> = {
  '/webhook/ghl': { signer: 'ghl', body: ghlEvent('ContactTagUpdate') },
  '/webhooks/ghl': { signer: 'ghl', body: ghlEvent('ContactUpdate') },
  '/webhook/ghl-workflow': {
    signer: 'ghl-workflow',
    body: { contact_id: 'fuzz-1', location: { id: '@location@' }, tags: 'cold lead' },
  },
  '/webhooks/square': { signer: 'square', body: squareEvent() },
  '/webforms/{form}': {
    signer: 'form',
    body: { name: 'Ada Lovelace', email: 'ada@example.com', phone: '+15125550143', message: 'Hi' },
  },
};

function ghlEvent(type: string): unknown {
  const ids = { locationId: '@location@', id: 'ocQHyuzHvysMo5N5VsXc', webhookId: '@uuid@' };
  return { type, ...ids, tags: ['cold lead'], timestamp: '@now@', dateAdded: '2026-11-20T00:00:00Z' };
}

function squareEvent(): unknown {
  const merge = { from_customer_ids: ['FUZZ2', 'FUZZ3'], to_customer_id: 'FUZZ1' };
  const customer = { id: 'FUZZ1', version: 3, updated_at: '2026-11-20T00:00:00Z' };
  return {
    ...{ merchant_id: '@merchant@', type: 'customer.created', event_id: '@uuid@', created_at: '2026-11-20T00:00:00Z' },
    data: { type: 'customer', id: 'FUZZ1', object: { customer, event_context: { merge } } },
  };
}

const rarely = <Value>(value: fc.Arbitrary<Value>, usual: fc.Arbitrary<Value>, weight = 1): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 20 - weight, arbitrary: usual }, { weight, arbitrary: value });

/** Text in a URL: encoded, or broken in the ways that clients break it. */
const urlText = fc.oneof(
  { weight: 4, arbitrary: nastyText.map((text) => encodeURIComponent(text.toWellFormed())) },
  { weight: 1, arbitrary: fc.constantFrom('%', '%zz', '%ff%fe', '%00', '%ed%a0%80', '..', 'a%2fb', 'a;b', 'x'.repeat(9_000)) },
);

const known = fc.constantFrom('@endpoint@', '@contact@', '@delivery@', '@submission@', 'contact', 'gohighlevel:fuzz-1', '@uuid@');

function targetOf({ path, operation: { parameters = [] } }: Route): fc.Arbitrary<string> {
  const names = [...path.matchAll(/\{\w+\}/g)];
  const values = fc.tuple(
    ...names.map(([name]) => rarely(urlText, name === '{form}' ? fc.constantFrom('contact', 'trusting') : known, 3)),
  );
  const inQuery = parameters.filter((each) => each.in === 'query');
  const pairs = inQuery.map(({ name, schema = {} }) =>
    rarely(
      urlText.map((value): string | null => `${name}=${value}`),
      fc.oneof(
        fc.constant(null),
        fromSchema(schema).map((value) => `${name}=${encodeURIComponent(String(value).toWellFormed())}`),
      ),
      3,
    ),
  );
  const others = fc.array(
    fc.tuple(urlText, urlText).map(([name, value]) => `${name}=${value}`),
    { maxLength: 1 },
  );
  return fc
    .tuple(values, fc.tuple(...pairs), rarely(others, fc.constant<string[]>([])), fc.boolean())
    .map(([parts, query, more, isDoubled]) => {
      let index = 0;
      const filled = path.replaceAll(/\{\w+\}/g, () => parts[index++] ?? 'x');
      const all = [...query.filter((pair) => pair !== null), ...more];
      const search = isDoubled && all.length === 1 ? [...all, ...all] : all;
      return search.length === 0 ? filled : `${filled}?${search.join('&')}`;
    });
}

const json = fc.constantFrom('application/json', 'application/json; charset=utf-8', 'application/vnd.x+json');
const contentType = rarely(
  fc.constantFrom(
    ...['text/plain', 'application/x-www-form-urlencoded', 'application/x-www-form-urlencoded; charset=iso-8859-1', '', ';'],
    ...[
      'application/json; charset=utf-16',
      'application/json; charset=x-none',
      'multipart/form-data',
      'multipart/form-data; boundary=x',
    ],
    ...['application/x-www-form-urlencoded; charset=utf-7', 'text/xml', 'application/json;;charset'],
  ),
  json,
  2,
);

const headerText = fc.oneof(
  fc.constantFrom(
    '',
    '0',
    '*',
    'x'.repeat(20_000),
    'gzip',
    '\u00ff\u00fe',
    'bytes=0-',
    'null',
    '"',
    'a,b',
    'W/"x"',
    'Bearer',
    'Bearer accord_x',
  ),
  fc.string({ maxLength: 30 }).map((text) => text.replaceAll(/[^\x20-\x7e]/g, '?')),
);
const headerName = fc.constantFrom(
  ...[
    'content-encoding',
    'transfer-encoding',
    'content-length',
    'expect',
    'range',
    'if-none-match',
    'if-modified-since',
    'accept',
  ],
  ...[
    'accept-encoding',
    'host',
    'origin',
    'referer',
    'cookie',
    'authorization',
    'x-api-key',
    'x-forwarded-for',
    'x-forwarded-host',
  ],
  ...[
    'x-forwarded-proto',
    'idempotency-key',
    'content-type',
    'x-http-method-override',
    'x-ghl-signature',
    'x-wh-signature',
    'forwarded',
  ],
  ...[
    'x-accord-timestamp',
    'x-accord-signature',
    'x-accord-secret',
    'x-square-hmacsha256-signature',
    'user-agent',
    'upgrade',
    'x y',
    'x:y',
  ],
);
const oddHeaders = rarely(
  fc.array(fc.tuple(headerName, headerText), { minLength: 1, maxLength: 3 }),
  fc.constant<[string, string][]>([]),
  3,
);

function bodyOf({ path, operation }: Route): fc.Arbitrary<Buffer> {
  const given = bodies[path]?.body;
  const schema = operation.requestBody?.content['application/json']?.schema;
  const typical = given !== undefined ? fc.constant(given) : schema ? fromSchema(schema) : null;
  if (typical === null) return rarely(toBytes(fc.jsonValue()), fc.constant(Buffer.alloc(0)));
  const asForm = typical.map((value) =>
    Buffer.from(new URLSearchParams(Object.entries(Object(value)).map(([name, each]) => [name, String(each)])).toString()),
  );
  const bytes = toBytes(mutated(typical));
  return path === '/webforms/{form}' ? fc.oneof({ weight: 3, arbitrary: bytes }, { weight: 1, arbitrary: asForm }) : bytes;
}

function requestTo(route: Route): fc.Arbitrary<FuzzRequest> {
  const signer = bodies[route.path]?.signer ?? (route.operation.security?.length ? 'api-key' : null);
  const method = rarely(
    fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'BREW', 'get'),
    fc.constant(route.method),
  );
  return fc
    .record({
      method,
      target: targetOf(route),
      type: contentType,
      odd: oddHeaders,
      body: bodyOf(route),
      framing: rarely(fc.constantFrom('chunked', 'none'), fc.constant('length')) as fc.Arbitrary<WireRequest['framing']>,
      isSigned: rarely(fc.constant(false), fc.constant(true)),
      key: fc.uuid(),
    })
    .map(({ type, odd, isSigned, key, framing, ...rest }) => ({
      ...rest,
      framing: rest.body.length === 0 && framing === 'length' && route.method === 'GET' ? 'none' : framing,
      headers: [...(type === '' ? [] : [['content-type', type] as const]), ['idempotency-key', key] as const, ...odd],
      signer: isSigned ? signer : null,
    }));
}

/** Requests to all routes, about as many to each. */
export const requests: fc.Arbitrary<FuzzRequest> = fc.oneof(...routes.map(requestTo));

/** Bodies that never end: the server must end the connection by itself. */
export const endlessRequests: FuzzRequest[] = routes
  .filter(({ method }) => method !== 'GET')
  .map(({ method, path }) => ({
    ...{ method, target: path.replaceAll(/\{\w+\}/g, 'contact'), headers: [['content-type', 'application/json']] },
    ...{ body: Buffer.from('{"name":"'), framing: 'endless', signer: null },
  }));
