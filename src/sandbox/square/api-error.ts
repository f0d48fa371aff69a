/** One entry of Square's error answers. Square docs: handling errors. */
export interface ErrorEntry {
  category: string;
  code: string;
  detail?: string | undefined;
  field?: string | undefined;
}

/** An answer in Square's error shape: `{ errors: [{ category, code, detail?, field? }] }`. */
export class ApiError extends Error {
  readonly status: number;
  readonly errors: ErrorEntry[];
  readonly headers: Record<string, string>;

  constructor(status: number, errors: ErrorEntry[], headers: Record<string, string> = {}) {
    super(errors.map(({ code, detail }) => `${code}: ${detail}`).join(' '));
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }
}

export function invalidRequest(code: string, detail: string, field?: string, status = 400): ApiError {
  return new ApiError(status, [{ category: 'INVALID_REQUEST_ERROR', code, detail, field }]);
}

export const notFound = (detail: string) => invalidRequest('NOT_FOUND', detail, undefined, 404);

/** Square docs (API specification, samples) and laravel-square issue 47: with back-ticks round the id. */
export const customerNotFound = (id: string) => notFound(`Customer with ID \`${id}\` not found.`);

export function unauthorized(code: string, detail: string): ApiError {
  return new ApiError(401, [{ category: 'AUTHENTICATION_ERROR', code, detail }]);
}

export function forbidden(code: string, detail: string): ApiError {
  return new ApiError(403, [{ category: 'AUTHENTICATION_ERROR', code, detail }]);
}

/** Said by the sandbox where it does less than Square, instead of answering wrongly. */
export function notServed(what: string): ApiError {
  return new ApiError(501, [{ category: 'API_ERROR', code: 'NOT_IMPLEMENTED', detail: `This sandbox does not serve ${what}.` }]);
}
