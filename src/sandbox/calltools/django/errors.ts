/** Field name → what is wrong with it. A list of objects is keyed by index, as Django REST Framework does. */
export type FieldErrors = Record<string, string[] | Record<string, string[]>>;

/** An answer that ends a request. Bodies are those of stock Django REST Framework 3.14, measured on a bare project. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Record<string, string>;

  constructor(status: number, body: unknown, headers: Record<string, string> = {}) {
    super(`${status} ${JSON.stringify(body)}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

export function invalid(errors: FieldErrors): ApiError {
  return new ApiError(400, errors);
}

export function parseError(reason: string): ApiError {
  return new ApiError(400, { detail: `JSON parse error - ${reason}` });
}

export function unauthorized(detail: string): ApiError {
  return new ApiError(401, { detail }, { 'WWW-Authenticate': 'Token' });
}

export function forbidden(): ApiError {
  return new ApiError(403, { detail: 'You do not have permission to perform this action.' });
}

export function notFound(): ApiError {
  return new ApiError(404, { detail: 'Not found.' });
}

export function invalidPage(): ApiError {
  return new ApiError(404, { detail: 'Invalid page.' });
}

export function methodNotAllowed(method: string): ApiError {
  return new ApiError(405, { detail: `Method "${method}" not allowed.` });
}

export function unsupportedMediaType(contentType: string): ApiError {
  return new ApiError(415, { detail: `Unsupported media type "${contentType}" in request.` });
}

/** What Django itself answers, with DEBUG off, for a path that no route knows. */
export const notFoundPage = `
<!doctype html>
<html lang="en">
<head>
  <title>Not Found</title>
</head>
<body>
  <h1>Not Found</h1><p>The requested resource was not found on this server.</p>
</body>
</html>
`;
