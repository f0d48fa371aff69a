import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import type { Deviation } from './deviations.ts';
import type { Exchange } from './recording-proxy.ts';

/** JSON Schema, with references of the form `#/schemas/Name`. */
export type Schema = { [keyword: string]: unknown };

/** What a vendor publishes about its API, extracted by scripts/vendor-facts.ts. */
export interface Facts {
  source: string;
  version: string;
  licence: string;
  operations: Operation[];
  schemas: Record<string, Schema>;
}

export interface Operation {
  method: string;
  /** With `{name}` for each path parameter. */
  path: string;
  query: Record<string, Parameter>;
  headers: Record<string, Parameter>;
  /** Null where the operation takes no body, `true` where the description leaves it open. */
  body: Schema | true | null;
  /** By status; `true` where the description leaves the answer open. */
  answers: Record<string, Schema | true>;
}

export interface Parameter {
  required: boolean;
  enum?: string[];
  /** The values of a comma-separated field mask. */
  mask?: string[];
}

/** Checks recorded exchanges against the facts of one vendor. */
export class PublishedContract {
  readonly facts: Facts;
  readonly #ajv = new Ajv({ strict: false, allErrors: true });
  readonly #validators = new Map<string, ValidateFunction>();
  readonly #schemas: Record<string, Schema>;

  constructor(vendor: string, deviations: readonly Deviation[] = []) {
    this.facts = JSON.parse(readFileSync(new URL(`./${vendor}.json`, import.meta.url), 'utf8'));
    this.#schemas = Object.fromEntries(Object.entries(this.facts.schemas).map(([name, schema]) => [name, closed(schema)]));
    for (const { schema, property, as } of deviations) this.#allow(schema, property, as);
    this.#ajv.addSchema({ $id: 'facts', schemas: this.#schemas });
  }

  /** The operation that an exchange called, as `METHOD /path/{name}`; null when the vendor publishes no such operation. */
  operationOf({ method, target }: Pick<Exchange, 'method' | 'target'>): string | null {
    const found = this.#find(method, target);
    return found ? `${found.method} ${found.path}` : null;
  }

  /** Every way in which an exchange departs from the published description. */
  check(exchange: Exchange): string[] {
    const operation = this.#find(exchange.method, exchange.target);
    if (!operation) return [`${exchange.method} ${exchange.target}: no such operation is published`];
    const name = `${operation.method} ${operation.path}`;
    return [...this.#checkRequest(operation, exchange), ...this.#checkAnswer(operation, exchange)].map(
      (problem) => `${name}: ${problem}`,
    );
  }

  #find(method: string, target: string): Operation | undefined {
    const [path = ''] = target.split('?');
    const matches = this.facts.operations.filter((each) => each.method === method && toPattern(each.path).test(path));
    // `/contacts/search` also matches `/contacts/{contactId}`: the one with fewer parameters is meant.
    return matches.toSorted((a, b) => countParameters(a.path) - countParameters(b.path))[0];
  }

  #checkRequest({ method, path, query, headers, body }: Operation, exchange: Exchange): string[] {
    // A request that the vendor refuses may be wrong on purpose.
    if (exchange.status === 400 || exchange.status === 422) return [];
    const asked = new URL(exchange.target, 'http://vendor').searchParams;
    return [
      ...checkParameters('query parameter', query, Object.fromEntries(asked), true),
      ...checkParameters('header', headers, exchange.headers, false),
      ...(body === null && exchange.body !== '' ? ['a body is sent where none is described'] : []),
      ...(body === null || body === true ? [] : this.#validate(`${method} ${path} body`, body, parseBody(exchange))),
    ];
  }

  #checkAnswer({ method, path, answers }: Operation, { status, answer }: Exchange): string[] {
    const schema = answers[status] ?? (status < 400 ? undefined : true);
    if (schema === undefined) return [`no answer with status ${status} is published`];
    return schema === true ? [] : this.#validate(`${method} ${path} ${status}`, schema, JSON.parse(answer || 'null'));
  }

  #validate(name: string, schema: Schema, value: unknown): string[] {
    const validate = this.#validators.get(name) ?? this.#ajv.compile(withReferences(closed(schema)));
    this.#validators.set(name, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message = '', params }) => {
      const extra = 'additionalProperty' in params ? ` (${params.additionalProperty})` : '';
      return `${name.split(' ').at(-1)}${instancePath} ${message}${extra}`;
    });
  }

  #allow(name: string | null, property: string, as: object): void {
    const schemas = name === null ? Object.values(this.#schemas) : [this.#schemas[name]];
    for (const schema of schemas) {
      if (!schema) throw new Error(`The facts have no schema ${name}`);
      schema.properties = { ...(schema.properties as object), [property]: as };
    }
  }
}

function parseBody({ headers, body }: Exchange): unknown {
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  return isForm ? Object.fromEntries(new URLSearchParams(body)) : JSON.parse(body || 'null');
}

function toPattern(path: string): RegExp {
  const literal = path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+');
  return new RegExp(`^${literal}$`);
}

function countParameters(path: string): number {
  return path.split('{').length;
}

function checkParameters(
  kind: string,
  described: Record<string, Parameter>,
  given: Record<string, unknown>,
  isComplete: boolean,
): string[] {
  const problems: string[] = [];
  for (const [name, { required, enum: values, mask }] of Object.entries(described)) {
    const value = given[name] ?? given[name.toLowerCase()];
    if (value === undefined && required) problems.push(`${kind} ${name} is missing`);
    if (typeof value !== 'string') continue;
    if (values && !values.includes(value)) problems.push(`${kind} ${name} has an unknown value`);
    const unknown = mask ? value.split(',').filter((each) => !mask.includes(each)) : [];
    if (unknown.length > 0) problems.push(`${kind} ${name} names unknown fields: ${unknown.join(', ')}`);
  }
  if (isComplete) {
    for (const name of Object.keys(given)) if (!(name in described)) problems.push(`${kind} ${name} is not described`);
  }
  return problems;
}

/** Forbids keys that a schema does not describe, at every depth. */
function closed(schema: Schema): Schema {
  const copy = mapSchemas(schema, closed);
  return copy.properties !== undefined && copy.additionalProperties === undefined
    ? { ...copy, additionalProperties: false }
    : copy;
}

function withReferences(schema: Schema): Schema {
  const copy = mapSchemas(schema, withReferences);
  return typeof copy.$ref === 'string' ? { ...copy, $ref: `facts${copy.$ref}` } : copy;
}

function mapSchemas(schema: Schema, map: (schema: Schema) => Schema): Schema {
  const mapped = Object.entries(schema).map(([keyword, value]) => {
    if (keyword === 'properties') {
      const properties = Object.entries(value as Record<string, Schema>);
      return [keyword, Object.fromEntries(properties.map(([name, each]) => [name, map(each)]))];
    }
    if (keyword === 'items' || keyword === 'additionalProperties') {
      return [keyword, typeof value === 'object' ? map(value as Schema) : value];
    }
    return [keyword, keyword === 'anyOf' ? (value as Schema[]).map(map) : value];
  });
  return Object.fromEntries(mapped);
}
