import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import type { ApiDeps } from '#api/deps.ts';
import { createIngressRoute, type IngressRoute } from '#api/ingress/ingress-route.ts';
import type { RefusalLog } from '#api/ingress/refusals.ts';
import { basePathOf } from '#api/rest/base-path.ts';
import { ApiProblem } from '#api/rest/errors.ts';
import { vendor, type WebForm, type WebFormAccount, type WebFormSecrets } from '#providers/web-form/settings.ts';

/** A form of accord.yaml, with everything that serves it. */
export interface OpenForm {
  name: string;
  /** The path before those of the form pages: `/w/acme` in a workspace. */
  basePath: string;
  form: WebForm;
  defaultRegion: string;
  secrets: WebFormSecrets;
  ingress: IngressRoute;
  /** Middleware: refuses addresses that send too much. Each api process counts for itself. */
  limit: RequestHandler;
  /** The same for the senders that sign. */
  signedLimit: RequestHandler;
  /** The same for confirmation links. */
  confirmationLimit: RequestHandler;
}

/** The forms of accord.yaml by name; none while web forms are not connected. */
export function openForms(deps: ApiDeps, refusals: RefusalLog): ReadonlyMap<string, OpenForm> {
  const settings = deps.providers.find(({ id }) => id === vendor.id)?.settings;
  if (!settings) return new Map();
  // The configuration has parsed both by the schemas of this provider, but stores the settings of all providers as unknown.
  const { account, secrets } = settings as { account: WebFormAccount; secrets: WebFormSecrets };
  const basePath = basePathOf(deps);
  return new Map(
    Object.entries(account.forms).map(([name, form]) => {
      const ingress = createFormIngress(deps, refusals, name);
      const limits = { limit: limitAddresses(form), signedLimit: limitSigned(form), confirmationLimit: limitConfirmations() };
      return [name, { name, basePath, form, defaultRegion: account.defaultRegion, secrets, ingress, ...limits }];
    }),
  );
}

/** `name` is `{form}` for all requests to forms that do not exist: metric labels have few values. */
export function createFormIngress(deps: ApiDeps, refusals: RefusalLog, name: string): IngressRoute {
  const detail = 'Your form could not be saved. Please send it again in a minute.';
  const unavailable = new ApiProblem({ status: 503, code: 'unavailable', detail, headers: { 'retry-after': '30' } });
  return createIngressRoute(deps, refusals, { name: `/webforms/${name}`, unavailable });
}

function limitAddresses({ rateLimit: rate }: WebForm): RequestHandler {
  const detail = 'Too many forms were sent from your address. Please wait a few minutes and try again.';
  return limitSubmissions(rate, { keyGenerator: (req) => ipKeyGenerator(req.ip ?? ''), detail });
}

/** All senders that sign share one limit: their servers may have any number of addresses. */
function limitSigned({ signedRateLimit: rate }: WebForm): RequestHandler {
  const detail = 'Too many signed submissions of this form. Send them again after Retry-After.';
  return limitSubmissions(rate, { keyGenerator: () => 'signed', detail });
}

/** The pages of links that were sent. One visitor needs two requests. */
function limitConfirmations(): RequestHandler {
  const detail = 'Too many requests came from your address. Please wait a few minutes and try again.';
  const rate = { submissions: 60, minutes: 10 };
  return limitSubmissions(rate, { keyGenerator: (req) => ipKeyGenerator(req.ip ?? ''), detail });
}

function limitSubmissions(
  { submissions, minutes }: WebForm['rateLimit'],
  { keyGenerator, detail }: { keyGenerator(req: Request): string; detail: string },
): RequestHandler {
  return rateLimit({
    windowMs: minutes * 60_000,
    limit: submissions,
    keyGenerator,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // The middleware has set Retry-After.
    handler: (_req, _res, next) => next(new ApiProblem({ status: 429, code: 'too-many-requests', detail })),
  });
}
