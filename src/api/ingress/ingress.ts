import type { ErrorRequestHandler, Express, RequestHandler, Response } from 'express';
import type { ApiDeps } from '#api/deps.ts';
import { ApiProblem, methodNotAllowed, notFound, sendProblem } from '#api/rest/errors.ts';
import { createFailureBudget } from '#api/rest/rate-limit.ts';
import type { Database } from '#db/database.ts';
import { saveRevocation } from '#db/oauth-tokens.ts';
import type { WebhookRequest, WebhookRoute, WebhookVerdict } from '#providers/provider.ts';
import { chooseAccount, groupRoutes, nameOf, type SharedRoute } from './choose-account.ts';
import { createEventStore, type EventStore } from './event-store.ts';
import { createIngressRoute, type IngressRoute, type Receipt } from './ingress-route.ts';
import { isJson, rawBodyOf, readRawBody } from './raw-body.ts';
import { createRefusalLog } from './refusals.ts';
import { requireStorable } from './require-storable.ts';
import { storeWebhook } from './store-webhook.ts';

const readBody = readRawBody(256 * 1024);

/**
 * Mounts the webhook routes of all accounts: size and encoding → raw bytes → signature → store → answer → dispatch. The answer
 * waits for the database, never for Temporal. Mount it before any other middleware, so that a burst of webhooks costs little.
 * Accounts of one vendor share its URLs; the id of an account at the end of a URL names one of them.
 */
export function mountIngress(app: Express, deps: ApiDeps): void {
  const refusals = createRefusalLog(deps);
  const store = createEventStore(deps.db);
  for (const shared of groupRoutes(deps.providers)) {
    const ingress = createIngressRoute(deps, refusals, { name: nameOf(shared), unavailable: sendAgain(shared.route) });
    const receive = receiveWith(deps.db, store, ingress, shared);
    for (const path of shared.paths.flatMap((each) => [each, `${each}/:account`])) {
      app.post(path, requireJson, readBody, receive, refuseWith(ingress)).all(path, methodNotAllowed('POST'));
    }
  }
}

const requireJson: RequestHandler = (req, _res, next) => {
  if (isJson(req)) return next();
  const detail = 'Webhooks are JSON: send Content-Type: application/json.';
  next(new ApiProblem({ status: 415, code: 'unsupported-media-type', detail }));
};

function receiveWith(db: Database, store: EventStore, ingress: IngressRoute, { route, accounts }: SharedRoute): RequestHandler {
  const wrongSecrets = route.hasGuessableSecret ? createFailureBudget(wrongSecretsPerMinute, tooManyWrong) : null;
  return async (req, res) => {
    const startedAt = performance.now();
    const { account } = req.params;
    const addressed = account === undefined ? accounts : accounts.filter(({ provider }) => provider.id === account);
    if (addressed.length === 0) throw notFound('No account has this URL: it ends with the id of an account in accord.yaml.');
    if (addressed.every(({ provider: { settings, isUnknown } }) => settings === null && isUnknown)) throw sendAgain(route);
    if (await wrongSecrets?.isSpent(req)) throw new ApiProblem({ status: 429, code: 'too-many-requests', detail: tooManyWrong });
    const request = { headers: req.headers, rawBody: rawBodyOf(req), receivedAt: new Date() };
    const { provider, verdict } = chooseAccount(addressed, request);
    if (verdict.kind === 'refused' && verdict.status === 401) await wrongSecrets?.spend(req, res);
    if (verdict.kind === 'refused') throw new ApiProblem({ status: verdict.status, code: verdict.code, detail: verdict.reason });
    if (verdict.kind === 'accepted') requireStorable(verdict.events);
    const receipt = await take(store, db, { provider, verdict, request });
    answer(res, receipt);
    ingress.finish(receipt, { account: provider, startedAt });
  };
}

const wrongSecretsPerMinute = 30;
const tooManyWrong = 'Too many wrong secrets came from this address. Send the webhook again in a minute.';

interface Taken {
  provider: string;
  verdict: Exclude<WebhookVerdict, { kind: 'refused' }>;
  request: WebhookRequest;
}

async function take(store: EventStore, db: Database, { provider, verdict, request }: Taken): Promise<Receipt> {
  switch (verdict.kind) {
    case 'accepted':
      return storeWebhook(store, { provider, ...verdict, request });
    case 'revoked': {
      const { accountId, message, at } = verdict;
      await saveRevocation(db, { provider, accountId }, { type: 'GrantRevoked', message, at: at.toISOString() });
      return { outcome: 'queued', changes: [] };
    }
    case 'ignored':
      return ignored;
    default:
      return verdict satisfies never;
  }
}

const ignored: Receipt = { outcome: 'ignored', changes: [] };

function refuseWith(ingress: IngressRoute): ErrorRequestHandler {
  return (error, req, res, _next) => sendProblem(res, ingress.fail(req, error));
}

const bodies: Record<Receipt['outcome'], string> = {
  queued: '{"status":"queued"}',
  duplicate: '{"status":"duplicate"}',
  echo: '{"status":"echo"}',
  ignored: '{"status":"ignored"}',
};

/** Writes one of the fixed bodies, without the cost of Express' JSON and ETag. */
function answer(res: Response, { outcome }: Receipt): void {
  const body = bodies[outcome];
  const headers = { 'content-type': 'application/json', 'content-length': body.length, 'x-content-type-options': 'nosniff' };
  res.writeHead(200, headers).end(body);
}

function sendAgain({ whenUnavailable: { status, retryAfterSeconds } }: WebhookRoute): ApiProblem {
  const detail = `The webhook could not be stored. Send it again in ${retryAfterSeconds} seconds.`;
  return new ApiProblem({ status, code: 'unavailable', detail, headers: { 'retry-after': String(retryAfterSeconds) } });
}
