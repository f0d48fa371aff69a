import createClient from 'openapi-fetch';
import { basePath } from './base-path.ts';
import { connection } from './connection.ts';
import type { components, paths } from './openapi.d.ts';

/** Types of the API's answers, by the names of docs/openapi.yaml. */
export type Schemas = components['schemas'];

/** The REST API. The cookie of the session goes with each request; the header proves that a script of this origin sent it. */
export const rest = createClient<paths>({ baseUrl: basePath, headers: { 'X-Accord-Admin': '1' } });

/** An answer that is no success. `status` is 0 when Accord does not answer at all. */
export class RestError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: readonly { pointer: string; detail: string }[];

  constructor({
    status,
    code,
    detail,
    fields = [],
  }: { status: number; code: string; detail: string; fields?: RestError['fields'] }) {
    super(detail);
    this.name = 'RestError';
    this.status = status;
    this.code = code;
    this.fields = fields;
  }

  /** Another try may succeed without a change. */
  get isUnavailable(): boolean {
    return this.status === 0 || this.status === 503;
  }
}

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** The body of a success. Throws a `RestError` with the sentence of the problem. */
export async function ask<Data>(asked: Promise<Answer<Data>>): Promise<NonNullable<Data>> {
  const { data, error, response } = await asked.catch(() => {
    throw noted(new RestError({ status: 0, code: 'unreachable', detail: 'Accord does not answer. It may be starting again.' }));
  });
  if (!response.ok) throw noted(toRestError(response.status, error));
  connection.set('fine');
  // 204 has no body; its type has none either.
  return data as NonNullable<Data>;
}

/** The data of an answer with the envelope `{ success, data }`. */
export async function askData<Data>(asked: Promise<Answer<{ success: true; data: Data }>>): Promise<Data> {
  return (await ask(asked)).data;
}

/** For the shell, which shows that the session has ended or that Accord does not answer. */
function noted(error: RestError): RestError {
  if (error.status === 401) connection.set('signed-out');
  else if (error.isUnavailable) connection.set('unreachable', error.message);
  return error;
}

function toRestError(status: number, problem: unknown): RestError {
  const { type, detail, errors } = Object(problem);
  return new RestError({
    status,
    code: typeof type === 'string' ? type.replace('urn:accord:problem:', '') : 'unknown',
    detail: typeof detail === 'string' ? detail : `Accord answered with status ${status}.`,
    fields: Array.isArray(errors) ? errors : [],
  });
}
