import type { Readable } from 'node:stream';
import type { z } from 'zod';
import type { ApiDeps } from '#api/deps.ts';
import type { ApiScope } from '#db/api-keys.ts';
import type { Download } from './download.ts';
import { invalidInput } from './errors.ts';
import { findUnstorable } from './storable.ts';

/**
 * One route of the REST API. The router checks requests by its schemas and `openapi.ts` publishes the same schemas, so the two
 * cannot differ.
 */
export interface Operation extends OperationFacts {
  params?: z.ZodObject | undefined;
  query?: z.ZodObject | undefined;
  body?: z.ZodType | undefined;
  response: OperationResponse<z.ZodType>;
  /** Parses a request by the schemas. Throws an `ApiProblem` that names each invalid part. */
  prepare(request: OperationRequest): OperationCall;
}

/** `portal`: for subscribers, by a link to their own endpoints, and for nobody else. */
export type OperationScope = ApiScope | 'portal';

interface OperationFacts {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** In OpenAPI notation: `/sync/contacts/{id}`. */
  path: string;
  /** Other paths of the same operation. */
  aliases?: readonly string[];
  tag: string;
  summary: string;
  description?: string;
  scope: OperationScope;
  /** Runs in one transaction, audit entry included, and honours `Idempotency-Key`. */
  isAtomic?: boolean;
  /** Content types of a file in place of a JSON body, which the handler reads while it arrives. */
  uploads?: readonly string[];
  /** Its answers have no personal data: viewers get them as they are. */
  isImpersonal?: boolean;
  /** Problem responses by status, beside those that every operation may give. */
  problems?: Record<number, string>;
}

export interface OperationResponse<Data extends z.ZodType> {
  /** 204 has no body, whatever the handler returns. */
  status: 200 | 201 | 202 | 204;
  description: string;
  data: Data;
  /** Sends the data without the `{ success, data }` envelope: see docs/api-style.md. */
  isBare?: boolean;
  example?: unknown;
  /** Content types that a `Download` may have, beside JSON. */
  downloads?: readonly string[];
}

/** The unparsed parts of a request. */
export interface OperationRequest {
  params: unknown;
  query: unknown;
  body: unknown;
  /** The unread body of an operation with `uploads`. */
  file: Readable;
  actor: string;
  keyId: string;
  endpointIds?: readonly string[];
}

/** The parsed parts of a request. */
export interface OperationInput<Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
  /** The unread body of an operation with `uploads`. */
  file: Readable;
  /** The caller, for history and audit: `api-key:<name>`. */
  actor: string;
  /** The id of the caller's API key: names can be equal. */
  keyId: string;
  /** The endpoints that the subscriber's link opens; none for an API key. */
  endpointIds: readonly string[];
}

/** An operation bound to one parsed request. */
export interface OperationCall {
  input: OperationInput<unknown, unknown, unknown>;
  check(deps: ApiDeps): Promise<void>;
  handle(deps: ApiDeps): Promise<unknown>;
}

type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

interface OperationDefinition<Data extends z.ZodType, Params, Query, Body> extends OperationFacts {
  params?: Params;
  query?: Query;
  body?: Body;
  response: OperationResponse<Data>;
  /** Slow checks of an atomic operation, before its transaction begins. Throws an `ApiProblem` to refuse. */
  check?(input: OperationInput<Output<Params>, Output<Query>, Output<Body>>, deps: ApiDeps): Promise<void>;
  /** Returns the response data. */
  handle(input: OperationInput<Output<Params>, Output<Query>, Output<Body>>, deps: ApiDeps): Promise<z.input<Data> | Download>;
}

/** Ties the types of a handler to the schemas of its operation. */
export function defineOperation<
  Data extends z.ZodType,
  Params extends z.ZodObject | undefined = undefined,
  Query extends z.ZodObject | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(definition: OperationDefinition<Data, Params, Query, Body>): Operation {
  return {
    ...definition,
    prepare({ params, query, body, file, actor, keyId, endpointIds = [] }) {
      const input = {
        params: parse(definition.params, params, 'params'),
        query: parse(definition.query, query, 'query'),
        body: parse(definition.body, body, 'body'),
        file,
        actor,
        keyId,
        endpointIds,
      };
      return {
        input,
        check: async (deps) => definition.check?.(input, deps),
        handle: (deps) => definition.handle(input, deps),
      };
    },
  };
}

type Part = 'params' | 'query' | 'body';

/** Undefined without a schema: the operation ignores that part of the request. */
function parse<Schema extends z.ZodType | undefined>(schema: Schema | undefined, value: unknown, part: Part): Output<Schema>;
function parse(schema: z.ZodType | undefined, value: unknown, part: Part): unknown {
  if (!schema) return undefined;
  const { success, data, error } = schema.safeParse(value);
  if (!success) throw invalidInput(part, error.issues);
  const unstorable = findUnstorable(data);
  if (unstorable) throw invalidInput(part, [unstorable]);
  return data;
}
