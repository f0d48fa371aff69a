import type { Account } from '#sandbox/calltools/account.ts';
import type { Body } from '#sandbox/calltools/django/parse-body.ts';
import type { Permission, Token } from '#sandbox/calltools/tokens.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One request that was let in. */
export interface Call {
  account: Account;
  token: Token;
  /** Of the path `/api/<name>/<id>/`; NaN, which no row has, where that is no number or there is none. */
  id: number;
  url: URL;
  /** Parsed when asked for, so that an unknown id is told before a malformed body: stock Django REST Framework. */
  body(): Body;
}

export interface Answer {
  status: number;
  /** Absent: an empty answer. */
  body?: unknown;
}

export interface Endpoint {
  permission: Permission;
  handle(call: Call): Answer;
}

/** What `/api/<name>/` and `/api/<name>/<id>/` take. Absent: there is no such path. */
export interface Resource {
  list?: Partial<Record<Method, Endpoint>>;
  detail?: Partial<Record<Method, Endpoint>>;
}

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const noContent = (): Answer => ({ status: 204 });
