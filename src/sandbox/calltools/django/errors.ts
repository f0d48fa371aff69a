/** Field name → error messages. Errors in a list of objects are keyed by index, like Django REST Framework's. */
export type FieldErrors = Record<string, string[] | Record<string, string[]>>;

/** An error answer. Bodies are those of stock Django REST Framework 3.14, captured from an empty project. */
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

/** 400 with errors by field. */
export function invalid(errors: FieldErrors): ApiError {
  return new ApiError(400, errors);
}

/** 400 for invalid JSON. */
export function parseError(reason: string): ApiError {
  return new ApiError(400, { detail: `JSON parse error - ${reason}` });
}

/** 401. */
export function unauthorized(detail: string): ApiError {
  return new ApiError(401, { detail }, { 'WWW-Authenticate': 'Token' });
}

/** 403. */
export function forbidden(): ApiError {
  return new ApiError(403, { detail: 'You do not have permission to perform this action.' });
}

/** 404 for an unknown id. */
export function notFound(): ApiError {
  return new ApiError(404, { detail: 'Not found.' });
}

/** 404 for a page that does not exist. */
export function invalidPage(): ApiError {
  return new ApiError(404, { detail: 'Invalid page.' });
}

/** 405. */
export function methodNotAllowed(method: string): ApiError {
  return new ApiError(405, { detail: `Method "${method}" not allowed.` });
}

/** 415. */
export function unsupportedMediaType(contentType: string): ApiError {
  return new ApiError(415, { detail: `Unsupported media type "${contentType}" in request.` });
}

/** Django's own page for an unknown path, with DEBUG off. */
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
