/** An error in HighLevel's format: `{ statusCode, message, error?, …extra, traceId }`. */
export class VendorError extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;

  constructor(status: number, message: string | string[], extra: Record<string, unknown> = {}) {
    super(String(message));
    this.status = status;
    this.body = { statusCode: status, message, ...extra };
  }
}

/** 400. */
export const badRequest = (message: string, extra: Record<string, unknown> = {}) =>
  new VendorError(400, message, { error: 'Bad Request', ...extra });

/** 401. */
export const unauthorized = (message: string) => new VendorError(401, message, { error: 'Unauthorized' });

/** 403. Integrators report: api-docs issue 213, n8n issue 11353. */
export const wrongLocation = () => new VendorError(403, 'The token does not have access to this location.');

/** 422. HighLevel docs: common-schemas.json; only here `message` is an array. */
export const unprocessable = (...messages: string[]) => new VendorError(422, messages, { error: 'Unprocessable Entity' });
