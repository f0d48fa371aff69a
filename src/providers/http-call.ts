import type { IncomingHttpHeaders } from 'node:http';

export interface Vendor {
  id: string;
  name: string;
}

export interface HttpCall {
  /** Shown in error messages, such as `read contact`. */
  operation: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Begins with a slash. Ids in it are already URL-encoded. */
  path: string;
  query?: Record<string, string | number>;
  /** Sent as JSON. */
  body?: object;
  /** Sent as `application/x-www-form-urlencoded`, instead of `body`. */
  form?: Record<string, string>;
}

/** The part of a call that error messages use. */
export type NamedCall = Pick<HttpCall, 'operation' | 'body' | 'query'>;

export interface HttpResponse {
  status: number;
  headers: IncomingHttpHeaders;
  /** Undefined when the body is not JSON. */
  json: unknown;
}
