import type { IncomingHttpHeaders } from 'node:http';

export interface Vendor {
  id: string;
  name: string;
}

/** Hears of the requests to one account, for metrics. */
export interface CallObserver {
  /** A request has waited for so long for its turn. */
  waited(seconds: number): void;
  /** A request begins. Call the result when it has ended: with the status, or null without a response. */
  begin(call: NamedCall): (status: number | null) => void;
}

export interface HttpCall {
  /** Shown in error messages and metrics, such as `read contact`. Has few values: no ids. */
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
