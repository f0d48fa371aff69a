import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Facts, Operation, Parameter, Schema } from '#test/providers/published/facts.ts';

/**
 * `node scripts/vendor-facts.ts <directory>`: reads the vendors' published API descriptions and writes the facts that the contract
 * tests check to test/providers/published. Only operations that Accord or its sandboxes use are kept, without prose and examples.
 * The directory holds `gohighlevel/{contacts,oauth,common-schemas}.json`, `square/api.json` and
 * `google/people-v1-discovery.json`. CallTools publishes no readable description: its facts are written by hand.
 */

interface OpenApi {
  info: { version: string };
  paths: Record<string, Record<string, OpenApiOperation>>;
  components: { schemas: Record<string, Schema> };
}

interface OpenApiOperation {
  parameters?: { name: string; in: string; required?: boolean; schema?: { enum?: string[] } }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}

/** Google's token endpoint is not part of the discovery document. */
const tokenRefresh: Operation = {
  ...{ method: 'POST', path: '/token', query: {}, headers: {} },
  body: {
    type: 'object',
    required: ['grant_type', 'refresh_token', 'client_id', 'client_secret'],
    properties: {
      grant_type: { type: 'string', enum: ['refresh_token'] },
      ...{ refresh_token: { type: 'string' }, client_id: { type: 'string' }, client_secret: { type: 'string' } },
    },
  },
  answers: {
    200: {
      type: 'object',
      required: ['access_token', 'token_type', 'expires_in'],
      properties: {
        ...{ access_token: { type: 'string' }, token_type: { type: 'string' }, expires_in: { type: 'integer' } },
        ...{ refresh_token: { type: 'string' }, refresh_token_expires_in: { type: 'integer' }, scope: { type: 'string' } },
      },
    },
  },
};

const directory = process.argv[2];
if (directory === undefined) throw new Error('Name the directory of the published descriptions.');

write('gohighlevel', {
  source: 'https://github.com/GoHighLevel/highlevel-api-docs (apps/contacts.json, apps/oauth.json)',
  version: '2021-07-28, read 2026-06-19',
  licence: 'CC0-1.0',
  ...fromOpenApi(
    [read('gohighlevel/contacts.json'), read('gohighlevel/oauth.json'), read('gohighlevel/common-schemas.json')],
    [
      ['POST', '/contacts/search'],
      ['GET', '/contacts/search/duplicate'],
      ['POST', '/contacts/'],
      ['GET', '/contacts/'],
      ['POST', '/contacts/upsert'],
      ['GET', '/contacts/{contactId}'],
      ['PUT', '/contacts/{contactId}'],
      ['DELETE', '/contacts/{contactId}'],
      ['POST', '/contacts/{contactId}/tags'],
      ['DELETE', '/contacts/{contactId}/tags'],
      ['POST', '/contacts/{contactId}/notes'],
      ['GET', '/contacts/{contactId}/notes'],
      ['POST', '/oauth/token'],
    ],
  ),
});

write('square', {
  source: 'https://github.com/square/connect-api-specification (api.json)',
  version: 'release 2025-08-20',
  licence: 'Apache-2.0',
  ...fromOpenApi(
    [read('square/api.json')],
    Object.entries(read<OpenApi>('square/api.json').paths)
      .filter(([path]) => path === '/oauth2/token' || /^\/v2\/customers(\/(bulk-\w+|search|\{customer_id\}))?$/.test(path))
      .flatMap(([path, methods]) => Object.keys(methods).map((method): [string, string] => [method.toUpperCase(), path])),
  ),
});

write('google', fromDiscovery(read('google/people-v1-discovery.json')));

function fromOpenApi(documents: Partial<OpenApi>[], wanted: [method: string, path: string][]) {
  const declared: Record<string, Schema> = Object.assign({}, ...documents.map(({ components }) => components?.schemas));
  const operations = wanted.map(([method, path]): Operation => {
    const found = documents.flatMap(({ paths }) => paths?.[path]?.[method.toLowerCase()] ?? [])[0];
    if (!found) throw new Error(`No description has ${method} ${path}`);
    const parameters = (place: string) =>
      Object.fromEntries(
        (found.parameters ?? [])
          .filter((parameter) => parameter.in === place)
          .map(({ name, required = false, schema }) => [name, { required, ...(schema?.enum && { enum: schema.enum }) }]),
      );
    const body = Object.values(found.requestBody?.content ?? {})[0]?.schema;
    const answers = Object.entries(found.responses).map(([status, { content }]) => {
      const schema = Object.values(content ?? {})[0]?.schema;
      return [status, schema ? compact(schema) : true];
    });
    return {
      ...{ method, path, query: parameters('query'), headers: parameters('header') },
      body: body ? openWhenEmpty(compact(body), declared) : null,
      answers: Object.fromEntries(answers),
    };
  });
  return { operations, schemas: reachable(operations, declared) };
}

interface Discovery {
  revision: string;
  schemas: Record<string, Schema>;
  parameters: Record<string, DiscoveryParameter>;
  resources: Record<string, DiscoveryResource>;
}

interface DiscoveryResource {
  methods?: Record<string, DiscoveryMethod>;
  resources?: Record<string, DiscoveryResource>;
}

interface DiscoveryMethod {
  httpMethod: string;
  flatPath: string;
  parameters?: Record<string, DiscoveryParameter>;
  request?: Schema;
  response?: Schema;
}

interface DiscoveryParameter {
  location: string;
  required?: boolean;
  description?: string;
  enum?: string[];
  format?: string;
}

function fromDiscovery({ revision, schemas, parameters: common, resources }: Discovery): Facts {
  const operations = listMethods({ resources }).map(({ httpMethod, flatPath, parameters = {}, request, response }): Operation => {
    const query = Object.entries({ ...common, ...parameters }).filter(([, { location }]) => location === 'query');
    return {
      method: httpMethod,
      path: `/${flatPath}`,
      query: Object.fromEntries(query.map(([name, parameter]) => [name, fromDiscoveryParameter(parameter)])),
      headers: {},
      body: request ? compact(request) : null,
      answers: { 200: response ? compact(response) : true },
    };
  });
  return {
    source: 'https://people.googleapis.com/$discovery/rest?version=v1; POST /token: RFC 6749 sections 4.1.3, 5.1 and 6',
    version: `revision ${revision}`,
    licence: 'Apache-2.0',
    operations: [...operations, tokenRefresh],
    schemas: reachable(operations, schemas),
  };
}

function listMethods({ methods = {}, resources = {} }: DiscoveryResource): DiscoveryMethod[] {
  return [...Object.values(methods), ...Object.values(resources).flatMap(listMethods)];
}

/** The description says in words what is required and which fields a mask may name. */
function fromDiscoveryParameter({ required, description = '', enum: values, format }: DiscoveryParameter): Parameter {
  // `requestMask.includeField` says "Required." and is the older name of `personFields`, which the guides use alone.
  const isRequired = description.startsWith('Required.') && !description.includes('start with `person.`');
  const parameter: Parameter = { required: required === true || isRequired };
  if (values) parameter.enum = values;
  const mask = [...description.matchAll(/\* ([a-zA-Z]+)/g)].map(([, name = '']) => name);
  if (format === 'google-fieldmask' && mask.length > 0) parameter.mask = mask;
  return parameter;
}

/** Keeps the structure of a schema: OpenAPI's `nullable` becomes a null type, prose, examples and formats go. */
function compact(schema: Schema): Schema {
  const { $ref, nullable, properties, items, anyOf, additionalProperties, type, required, enum: values } = schema;
  const limits = pick(schema, ['minLength', 'maxLength', 'minItems', 'maxItems', 'minimum', 'maximum']);
  const kept: Schema = {};
  if (typeof $ref === 'string') kept.$ref = `#/schemas/${$ref.split('/').at(-1)}`;
  else if (typeof type === 'string' && type !== 'any') kept.type = type;
  if (Array.isArray(required)) kept.required = required;
  if (Array.isArray(values)) kept.enum = values;
  if (isRecord(properties)) kept.properties = mapValues(properties, (each) => compact(each as Schema));
  if (isRecord(items)) kept.items = compact(items);
  if (isRecord(additionalProperties)) kept.additionalProperties = compact(additionalProperties);
  if (Array.isArray(anyOf)) kept.anyOf = anyOf.map((each: Schema) => compact(each));
  const whole = { ...kept, ...limits };
  return nullable === true ? { anyOf: [whole, { type: 'null' }] } : whole;
}

/** A body whose schema names no property says nothing: GoHighLevel's search. */
function openWhenEmpty(body: Schema, declared: Record<string, Schema>): Schema | true {
  const name = typeof body.$ref === 'string' ? body.$ref.split('/').at(-1) : undefined;
  const target = name === undefined ? body : declared[name];
  const properties = isRecord(target?.properties) ? Object.keys(target.properties) : [];
  return properties.length === 0 && target?.anyOf === undefined ? true : body;
}

/** The schemas that operations lead to. */
function reachable(operations: Operation[], declared: Record<string, Schema>): Record<string, Schema> {
  const found = new Map<string, Schema>();
  const queue: unknown[] = operations.flatMap(({ body, answers }) => [body, ...Object.values(answers)]);
  while (queue.length > 0) {
    for (const [, name = ''] of JSON.stringify(queue.pop()).matchAll(/"#\/schemas\/([^"]+)"/g)) {
      const schema = declared[name];
      if (!schema) throw new Error(`No description has the schema ${name}`);
      if (found.has(name)) continue;
      found.set(name, compact(schema));
      queue.push(found.get(name));
    }
  }
  return Object.fromEntries([...found].sort(([a], [b]) => a.localeCompare(b)));
}

function read<T>(path: string): T {
  return JSON.parse(readFileSync(join(directory ?? '.', path), 'utf8'));
}

/** One operation or schema a line, so that a new release of a description reads as a diff. */
function write(vendor: string, { operations, schemas, ...about }: Facts): void {
  const lines = [
    ...Object.entries(about).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},`),
    '  "operations": [',
    operations.map((operation) => `    ${JSON.stringify(operation)}`).join(',\n'),
    '  ],',
    '  "schemas": {',
    Object.entries(schemas)
      .map(([name, schema]) => `    ${JSON.stringify(name)}: ${JSON.stringify(schema)}`)
      .join(',\n'),
    '  }',
  ];
  writeFileSync(new URL(`../test/providers/published/${vendor}.json`, import.meta.url), `{\n${lines.join('\n')}\n}\n`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function pick(from: Schema, keys: string[]): Schema {
  return Object.fromEntries(Object.entries(from).filter(([key]) => keys.includes(key)));
}

function mapValues<T, U>(from: Record<string, T>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(from).map(([key, value]) => [key, map(value)]));
}
