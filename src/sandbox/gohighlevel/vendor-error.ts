/** An answer in HighLevel's error shape: `{ statusCode, message, error?, …extra, traceId }`. */
export class VendorError extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;

  constructor(status: number, message: string | string[], extra: Record<string, unknown> = {}) {
    super(String(message));
    this.status = status;
    this.body = { statusCode: status, message, ...extra };
  }
}

export const badRequest = (message: string, extra: Record<string, unknown> = {}) =>
  new VendorError(400, message, { error: 'Bad Request', ...extra });

export const unauthorized = (message: string) => new VendorError(401, message, { error: 'Unauthorized' });

/** Integrators report: api-docs issue 213, n8n issue 11353. */
export const wrongLocation = () => new VendorError(403, 'The token does not have access to this location.');

/** HighLevel docs: common-schemas.json; `message` is an array here, and only here. */
export const unprocessable = (...messages: string[]) => new VendorError(422, messages, { error: 'Unprocessable Entity' });
