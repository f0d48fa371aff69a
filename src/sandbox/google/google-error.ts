export type RpcStatus = keyof typeof rpcStatuses;

/** google.rpc.Code: the number in a `status` of a batch, and the HTTP status of a single answer. */
const rpcStatuses = {
  INVALID_ARGUMENT: { rpc: 3, http: 400 },
  NOT_FOUND: { rpc: 5, http: 404 },
  ALREADY_EXISTS: { rpc: 6, http: 409 },
  PERMISSION_DENIED: { rpc: 7, http: 403 },
  RESOURCE_EXHAUSTED: { rpc: 8, http: 429 },
  FAILED_PRECONDITION: { rpc: 9, http: 400 },
  ABORTED: { rpc: 10, http: 409 },
  UNAVAILABLE: { rpc: 14, http: 503 },
  UNAUTHENTICATED: { rpc: 16, http: 401 },
} as const;

interface Extra {
  details?: object[];
  /** Overrides the HTTP status of the code. */
  http?: number;
  headers?: Record<string, string>;
}

/** An error in Google's format: `{ error: { code, message, status, details? } }`. */
export class GoogleError extends Error {
  readonly http: number;
  readonly status: RpcStatus;
  readonly details: object[];
  readonly headers: Record<string, string>;

  constructor(status: RpcStatus, message: string, { details = [], http = rpcStatuses[status].http, headers = {} }: Extra = {}) {
    super(message);
    this.http = http;
    this.status = status;
    this.details = details;
    this.headers = headers;
  }

  get body(): object {
    const { http: code, message, status, details } = this;
    return { error: { code, message, status, ...(details.length > 0 && { details }) } };
  }

  /** google.rpc.Status, as batches return it for each item. */
  get rpcStatus(): { code: number; message: string } {
    return { code: rpcStatuses[this.status].rpc, message: this.message };
  }
}

/** 400. */
export const invalidArgument = (message: string, details: object[] = []) =>
  new GoogleError('INVALID_ARGUMENT', message, { details });

/** 400 that names the wrong field. Google docs: Error Model. */
export function badRequest(field: string, description: string): GoogleError {
  const fieldViolations = [{ ...(field && { field }), description }];
  return invalidArgument(description, [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations }]);
}

/** 404. */
export const notFound = () => new GoogleError('NOT_FOUND', 'Requested entity was not found.');

/** google.rpc.ErrorInfo, for `details`. */
export function errorInfo(reason: string, domain: string, metadata?: Record<string, string>): object {
  return { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain, ...(metadata && { metadata }) };
}
