/** The kind of failure, for filters and charts. `SendOutcome.error` explains it to people. */
export type ErrorClass =
  | 'invalid_url'
  | 'invalid_headers'
  /** A blocked address or port. */
  | 'ssrf_blocked'
  | 'dns_error'
  | 'connection_refused'
  | 'connection_reset'
  | 'unreachable'
  | 'tls_error'
  | 'timeout'
  /** The response is not HTTP, or its headers are too large. */
  | 'invalid_response'
  | 'redirect'
  | 'gone'
  | 'rate_limited'
  | 'client_error'
  | 'server_error'
  /** A failure of Accord, such as too many open sockets. */
  | 'internal_error';

export interface Fault {
  errorClass: ErrorClass;
  /** One plain sentence without secrets. */
  error: string;
}

/** In milliseconds. The first three are null when the connection was open already, or failed before that step. */
export interface Timings {
  dnsMs: number | null;
  connectMs: number | null;
  tlsMs: number | null;
  /** From the start of the attempt to the response headers. */
  firstByteMs: number | null;
}

/** The result of one attempt. */
export interface SendOutcome {
  ok: boolean;
  /** Set together with `error` when the response broke off. */
  status: number | null;
  errorClass: ErrorClass | null;
  error: string | null;
  /** A retry cannot help. */
  permanent: boolean;
  /** The receiver asked to get nothing more: 410 Gone, or `webhook-delivery: disable`. */
  disable: boolean;
  /** From a 429 or 503: seconds from now, up to an hour. */
  retryAfterSeconds: number | null;
  durationMs: number;
  timings: Timings;
  /** Null when there was no connection. */
  remoteAddress: string | null;
  /** Custom values are masked. */
  requestHeaders: Record<string, string>;
  responseHeaders: Record<string, string> | null;
  /** The first 64 KB, as text. */
  responseBody: string | null;
}
