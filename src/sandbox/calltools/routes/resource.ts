import type { Account } from '#sandbox/calltools/account.ts';
import type { Body } from '#sandbox/calltools/django/parse-body.ts';
import type { Permission, Token } from '#sandbox/calltools/tokens.ts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
type Method = (typeof methods)[number];

/** Whether resources can have operations of this method. */
export function isMethod(name: string): name is Method {
  return methods.some((method) => method === name);
}

/** An authorized request. */
export interface Call {
  account: Account;
  token: Token;
  /** The id in `/api/<name>/<id>/`. NaN, which no row has, if it is absent or not a number. */
  id: number;
  url: URL;
  /** Parses the body when called, so that an unknown id is reported before a malformed body: stock Django REST Framework. */
  body(): Body;
}

export interface Answer {
  status: number;
  /** Absent for an empty answer. */
  body?: unknown;
}

interface Operation {
  permission: Permission;
  handle(call: Call): Answer;
}

/** Operations by method of `/api/<name>/` and `/api/<name>/<id>/`. An absent path does not exist. */
export interface Resource {
  list?: Partial<Record<Method, Operation>>;
  detail?: Partial<Record<Method, Operation>>;
}

/** 200. */
export const ok = (body: unknown): Answer => ({ status: 200, body });
/** 201. */
export const created = (body: unknown): Answer => ({ status: 201, body });
/** 204. */
export const noContent = (): Answer => ({ status: 204 });
