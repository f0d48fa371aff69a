/** One entry of an error answer. Square docs: handling errors. */
export interface ErrorEntry {
  category: string;
  code: string;
  detail?: string | undefined;
  field?: string | undefined;
}

/** An error in Square's format: `{ errors: [{ category, code, detail?, field? }] }`. */
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

/** 400 unless `status` says otherwise. */
export function invalidRequest(code: string, detail: string, field?: string, status = 400): ApiError {
  return new ApiError(status, [{ category: 'INVALID_REQUEST_ERROR', code, detail, field }]);
}

/** 404. */
export const notFound = (detail: string) => invalidRequest('NOT_FOUND', detail, undefined, 404);

/** Square docs (API specification, samples) and laravel-square issue 47: the id is in back-ticks. */
export const customerNotFound = (id: string) => notFound(`Customer with ID \`${id}\` not found.`);

/** 401. */
export function unauthorized(code: string, detail: string): ApiError {
  return new ApiError(401, [{ category: 'AUTHENTICATION_ERROR', code, detail }]);
}

/** 403. */
export function forbidden(code: string, detail: string): ApiError {
  return new ApiError(403, [{ category: 'AUTHENTICATION_ERROR', code, detail }]);
}

/** 501 for a feature of Square that the sandbox lacks, instead of a wrong answer. */
export function notImplemented(feature: string): ApiError {
  return new ApiError(501, [
    { category: 'API_ERROR', code: 'NOT_IMPLEMENTED', detail: `This sandbox does not serve ${feature}.` },
  ]);
}
