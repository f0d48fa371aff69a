import type { Request, RequestHandler, Response } from 'express';
import { isJson } from '#api/ingress/raw-body.ts';
import { ApiProblem, notFound } from '#api/rest/errors.ts';
import type { GivenValues } from '#providers/web-form/check-values.ts';
import { isCharset, parseFormPost } from './form-post.ts';
import type { OpenForm } from './forms.ts';
import type { Sender } from './sender.ts';

/** One request to a form, handed from step to step. */
export interface FormRequest {
  req: Request;
  res: Response;
  /** Null when accord.yaml has no such form. */
  open: OpenForm | null;
  sender: Sender;
  /** Null until the body is read. A refusal then shows the page again with these values. */
  given: GivenValues | null;
}

/** The form of the request. Throws 404 without one. */
export function getForm({ open }: FormRequest): OpenForm {
  if (!open) throw noSuchForm();
  return open;
}

/** The form of a request for a page. Throws 404 also for a form that takes signed submissions only: it has no page. */
export function getFormWithPage(request: FormRequest): OpenForm {
  const open = getForm(request);
  if (open.form.signedOnly) throw noSuchForm();
  return open;
}

const noSuchForm = () => notFound('There is no such form.');

/** Runs Express middleware as a step of an async function. Rejects with the error that it passes on. */
export function run(middleware: RequestHandler, { req, res }: FormRequest): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const next = (error?: unknown) => (error === undefined ? resolve() : reject(error));
  void Promise.resolve(middleware(req, res, next)).catch(reject);
  return promise;
}

/** Whether a browser sent the request by itself, without a script, and so shows the response as a page. */
export function wantsPage(req: Request): boolean {
  const wantsMarkup = req.accepts(['json', 'html']) === 'html';
  return wantsMarkup && (req.method !== 'POST' || !isJson(req));
}

/** Throws 415 unless the body is JSON in UTF-8, or a form post in a known charset. */
export function requireFormType(req: Request): void {
  const charset = charsetOf(req);
  if (isJson(req) && (charset === null || /^utf-?8$/i.test(charset))) return;
  if (isFormPost(req) && (charset === null || isCharset(charset))) return;
  const detail = 'Send application/json in UTF-8, or application/x-www-form-urlencoded.';
  throw new ApiProblem({ status: 415, code: 'unsupported-media-type', detail });
}

/** The charset of the content type; null without one. */
function charsetOf({ headers }: Request): string | null {
  return /;\s*charset="?([^";\s]+)/i.exec(headers['content-type'] ?? '')?.[1] ?? null;
}

function isFormPost({ headers }: Request): boolean {
  return /^application\/x-www-form-urlencoded *(;|$)/i.test(headers['content-type'] ?? '');
}

/** The submitted values by field name. The last one counts for a name that appears twice. Throws 400 for a malformed body. */
export function readFields(req: Request, rawBody: Buffer): GivenValues {
  if (isJson(req)) return parseJson(decodeJson(rawBody));
  const fields = parseFormPost(rawBody, charsetOf(req));
  if (fields === null) throw malformed('The text is neither in its declared charset nor in UTF-8. Send it in UTF-8.');
  return fields;
}

function decodeJson(rawBody: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(rawBody);
  } catch {
    throw malformed('The body is not UTF-8.');
  }
}

function parseJson(text: string): GivenValues {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw malformed('The body is not JSON.');
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return new Map(Object.entries(parsed));
  throw malformed('Send one JSON object: field names and their values.');
}

const malformed = (detail: string) => new ApiProblem({ status: 400, code: 'malformed-body', detail });

/** The header `Idempotency-Key`; null without one. Throws 400 for a malformed one. */
export function findIdempotencyKey({ headers }: Request): string | null {
  const key = headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key === 'string' && /^[\x21-\x7e]{1,200}$/.test(key)) return key;
  const detail = 'An Idempotency-Key has 1 to 200 visible ASCII characters.';
  throw new ApiProblem({ status: 400, code: 'invalid-idempotency-key', detail });
}
