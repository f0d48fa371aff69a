import { randomUUIDv7 } from 'node:crypto';
import type { ApiDeps } from '#api/deps.ts';
import type { Receipt } from '#api/ingress/ingress-route.ts';
import { isJson, rawBodyOf, readRawBody } from '#api/ingress/raw-body.ts';
import { ApiProblem } from '#api/rest/errors.ts';
import { withTimeout } from '#concurrency/with-timeout.ts';
import type { Database } from '#db/database.ts';
import { type ArrivedSubmission, storeSubmission } from '#db/sync/form-submissions.ts';
import { checkValues, type FieldProblem, type GivenValues } from '#providers/web-form/check-values.ts';
import { type Circumstances, type Proof, toEvidence } from '#providers/web-form/evidence.ts';
import { toMessage } from '#providers/web-form/mapping.ts';
import { accountId, vendor } from '#providers/web-form/settings.ts';
import { findTrace } from '#tracing/tracing.ts';
import { type FormRequest, findIdempotencyKey, getForm, readFields, requireFormType, run, wantsPage } from './form-request.ts';
import type { OpenForm } from './forms.ts';
import { proveSender } from './sender.ts';

const readBody = readRawBody(64 * 1024);

/**
 * Receives a submission: form type → form → raw bytes → proof → rate limit → fields → store → answer → dispatch. As with webhooks,
 * the answer waits for the database and never for Temporal.
 */
export async function receiveSubmission({ db }: ApiDeps, request: FormRequest): Promise<void> {
  const { req, sender } = request;
  requireFormType(req);
  const open = getForm(request);
  await run(readBody, request);
  const rawBody = rawBodyOf(req);
  const { proof, signature } = proveSender(req, open, sender, rawBody);
  const given = readFields(req, rawBody);
  request.given = given;
  await run(proof === 'origin' ? open.limit : open.signedLimit, request);

  const startedAt = performance.now();
  // A server that signs is known: it has no honeypot.
  if (proof === 'origin' && isHoneypotFilled(open, given)) return pretendToAccept(request, open);
  const receivedAt = new Date();
  const values = requireValues(open, given, { now: receivedAt, refuseUnknown: isJson(req) });
  const circumstances = toCircumstances(request, proof);
  const stored = await store(db, {
    ...{ provider: vendor.id, accountId, form: open.name, values, evidence: toEvidence(open.form, values, circumstances) },
    message: toMessage(open.form, values),
    signature,
    ...{ idempotencyKey: findIdempotencyKey(req), sender: circumstances.ip ?? '', scheme: proof, receivedAt },
    traceparent: findTrace(),
  });
  sendAccepted(request, open, stored);
  open.ingress.finish(stored, { account: vendor.id, startedAt });
}

function isHoneypotFilled({ form: { honeypot } }: OpenForm, given: GivenValues): boolean {
  const text = given.get(honeypot) ?? '';
  return typeof text !== 'string' || text.trim() !== '';
}

/** The response is the usual one, so that authors of spam programs do not learn how they were recognised. */
function pretendToAccept(request: FormRequest, open: OpenForm): void {
  sendAccepted(request, open, { outcome: 'queued', id: randomUUIDv7() });
  const reason = 'The honeypot field was filled in. The submission was answered as accepted, and not stored.';
  open.ingress.refuse(request.req, { status: request.res.statusCode, code: 'honeypot', reason });
}

function sendAccepted(
  { req, res }: FormRequest,
  { name, basePath, form }: OpenForm,
  { outcome, id }: { outcome: string; id: string },
): void {
  if (wantsPage(req)) res.redirect(303, form.redirect ?? `${basePath}/form/${name}/thanks`);
  else res.status(202).json({ status: outcome, id });
}

function requireValues(
  { form, defaultRegion }: OpenForm,
  given: GivenValues,
  options: { now: Date; refuseUnknown: boolean },
): Record<string, string> {
  const { values, problems } = checkValues(form, given, { defaultRegion, ...options });
  if (problems.length === 0) return values;
  const errors = problems.map(({ field, message }: FieldProblem) => ({
    pointer: `/body/${escapePointer(field)}`,
    detail: message,
  }));
  throw new ApiProblem({ status: 422, code: 'invalid-fields', detail: 'Some fields are missing or not valid.', errors });
}

/** RFC 6901, section 3. */
const escapePointer = (field: string): string => field.replaceAll('~', '~0').replaceAll('/', '~1');

function toCircumstances({ req, sender: { origin } }: FormRequest, proof: Proof): Circumstances {
  const { referer: page = null, 'user-agent': userAgent = null } = req.headers;
  return { origin, page, ip: req.ip ?? null, userAgent, proof };
}

/** The visitor must get an answer before the browser gives up, also while the database hangs. */
const timeoutMs = 4_000;

async function store(db: Database, submission: ArrivedSubmission): Promise<Receipt & { id: string }> {
  // A submission that is stored too late is found by the visitor's next try.
  const message = `the database took longer than ${timeoutMs} ms`;
  const stored = await withTimeout(storeSubmission(db, submission), { ms: timeoutMs, message });
  switch (stored.outcome) {
    case 'stored':
      return { outcome: 'queued', id: stored.id, changes: [stored.change] };
    case 'duplicate':
      return { outcome: 'duplicate', id: stored.id, changes: [] };
    case 'mismatch': {
      const detail = 'This Idempotency-Key was used for other values. Send a new key with new values.';
      throw new ApiProblem({ status: 422, code: 'idempotency-key-reused', detail });
    }
  }
}
