import { randomUUIDv7 } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import type { ApiDeps } from '#api/deps.ts';
import type { RefusalLog } from '#api/ingress/refusals.ts';
import { ApiProblem } from '#api/rest/errors.ts';
import { checkValues, type FieldProblem, type GivenValues } from '#providers/web-form/check-values.ts';
import { sendAccepted } from './answer.ts';
import { isJson } from './body.ts';
import type { OpenForm } from './forms.ts';
import { localsOf, requireOpen, routeOf } from './locals.ts';
import { keepSubmission } from './store.ts';

/** Checks the fields, stores them, answers, and then tells the contact's workflow. */
export function receiveSubmission(deps: ApiDeps, refusals: RefusalLog): RequestHandler {
  return async (req, res) => {
    const startedAt = performance.now();
    const { open } = requireOpen(res);
    const { given = new Map(), proof = 'origin' } = localsOf(res);
    if (proof === 'origin' && isBaitTaken(open, given)) return pretend(req, res, deps, refusals);
    const receivedAt = new Date();
    const values = requireValues(open, given, { now: receivedAt, refuseUnknown: isJson(req) });
    const circumstances = toCircumstances(req, res, proof);
    const idempotencyKey = findIdempotencyKey(req);
    const kept = await keepSubmission(deps, { open, values, circumstances, idempotencyKey, receivedAt });

    sendAccepted(req, res, kept);
    deps.metrics.webhooks.inc({ route: routeOf(res), outcome: kept.outcome });
    deps.metrics.ackSeconds.observe({ route: routeOf(res) }, (performance.now() - startedAt) / 1_000);
    kept.tellWorkflow();
  };
}

function isBaitTaken({ form: { honeypot } }: OpenForm, given: GivenValues): boolean {
  const text = given.get(honeypot) ?? '';
  return typeof text !== 'string' || text.trim() !== '';
}

/** Whoever runs the program must not learn what gave it away. */
function pretend(req: Request, res: Response, { metrics }: ApiDeps, refusals: RefusalLog): void {
  const route = routeOf(res);
  const reason = 'A field that people do not see was filled in. It was answered like any other, and not kept.';
  sendAccepted(req, res, { outcome: 'queued', id: randomUUIDv7() });
  metrics.webhooks.inc({ route, outcome: 'refused' });
  refusals.add({ route, status: res.statusCode, code: 'honeypot', reason, remoteAddress: req.ip ?? null });
}

function requireValues(
  { form, defaultRegion }: OpenForm,
  given: GivenValues,
  options: { now: Date; refuseUnknown: boolean },
): Record<string, string> {
  const { values, problems } = checkValues(form, given, { defaultRegion, ...options });
  if (problems.length === 0) return values;
  throw new ApiProblem({
    status: 422,
    code: 'invalid-fields',
    detail: 'Some fields are not right yet.',
    errors: problems.map(({ field, message }: FieldProblem) => ({ pointer: `/body/${toPointerPart(field)}`, detail: message })),
  });
}

function toCircumstances(req: Request, res: Response, proof: string) {
  const { referer, 'user-agent': userAgent } = req.headers;
  return {
    origin: requireOpen(res).sender.origin,
    page: referer ?? null,
    ip: req.ip ?? null,
    userAgent: userAgent ?? null,
    proof,
  };
}

function findIdempotencyKey({ headers }: Request): string | null {
  const key = headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key === 'string' && /^[\x21-\x7e]{1,200}$/.test(key)) return key;
  const detail = 'Idempotency-Key must be 1 to 200 letters, digits and signs without spaces.';
  throw new ApiProblem({ status: 400, code: 'invalid-idempotency-key', detail });
}

const toPointerPart = (field: string): string => field.replaceAll('~', '~0').replaceAll('/', '~1');
