/** What went wrong, for filters and charts; `SendOutcome.error` says it to people. */
export type ErrorClass =
  | 'invalid_url'
  | 'invalid_headers'
  /** Where nothing may be sent: an address or a port. */
  | 'ssrf_blocked'
  | 'dns_error'
  | 'connection_refused'
  | 'connection_reset'
  | 'unreachable'
  | 'tls_error'
  | 'timeout'
  /** What came back is not HTTP, or more headers than anybody needs. */
  | 'invalid_response'
  | 'redirect'
  | 'gone'
  | 'rate_limited'
  | 'client_error'
  | 'server_error'
  /** Ours, such as no more sockets. */
  | 'internal_error';

export interface Fault {
  errorClass: ErrorClass;
  /** One sentence in plain words; no secret. */
  error: string;
}

/** In milliseconds. The first three are null where a connection was open already, or was not opened so far. */
export interface Timings {
  dnsMs: number | null;
  connectMs: number | null;
  tlsMs: number | null;
  /** From the start of the attempt to the answer's headers. */
  firstByteMs: number | null;
}

/** What came of one attempt to deliver a webhook. */
export interface SendOutcome {
  ok: boolean;
  /** Also with an error where the answer broke off. */
  status: number | null;
  errorClass: ErrorClass | null;
  error: string | null;
  /** Trying the same again cannot help. */
  permanent: boolean;
  /** The receiver wants nothing more: 410 Gone, or `webhook-delivery: disable`. */
  disable: boolean;
  /** Seconds from now, an hour at most; from a 429 or 503. */
  retryAfterSeconds: number | null;
  durationMs: number;
  timings: Timings;
  /** Null where there was no connection. */
  remoteAddress: string | null;
  /** Custom values are masked. */
  requestHeaders: Record<string, string>;
  responseHeaders: Record<string, string> | null;
  /** The first 64 KB, as text. */
  responseBody: string | null;
}
