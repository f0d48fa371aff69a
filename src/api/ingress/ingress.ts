import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Response } from 'express';
import type { ApiDeps, ApiProvider } from '#api/deps.ts';
import type { Metrics } from '#api/monitoring/metrics.ts';
import { ApiProblem, methodNotAllowed, sendProblem, toProblem } from '#api/rest/errors.ts';
import { perSecond } from '#concurrency/per-second.ts';
import type { WebhookRoute } from '#providers/provider.ts';
import { createEventStore, type EventStore } from './event-store.ts';
import { createRefusalLog, type RefusalLog } from './refusals.ts';
import { storeWebhook } from './store-webhook.ts';

/** 256 KB. */
const maximumBytes = 256 * 1024;
const noBytes = Buffer.alloc(0);
const readRawBody = express.raw({ type: () => true, limit: maximumBytes, inflate: false });

/**
 * Mounts the webhook routes of all providers: size and encoding → raw bytes → proof → store → answer → dispatch. The answer waits
 * for the database, never for Temporal. To be mounted before any other middleware, so that a burst of webhooks costs little.
 */
export function mountIngress(app: Express, deps: ApiDeps): void {
  const refusals = createRefusalLog(deps);
  const store = createEventStore(deps.db);
  for (const provider of deps.providers) {
    for (const route of provider.webhookRoutes) {
      const handlers = [requireJson, readRawBody, receiveWith(deps, store, provider, route), refuseWith(deps, route, refusals)];
      for (const path of route.paths) app.post(path, ...handlers).all(path, methodNotAllowed('POST'));
    }
  }
}

const requireJson: RequestHandler = (req, _res, next) => {
  if (/^application\/([\w.+-]+\+)?json *(;|$)/i.test(req.headers['content-type'] ?? '')) return next();
  const detail = 'Webhooks are JSON: send Content-Type: application/json.';
  next(new ApiProblem({ status: 415, code: 'unsupported-media-type', detail }));
};

function receiveWith(
  { dispatcher, metrics }: ApiDeps,
  store: EventStore,
  provider: ApiProvider,
  route: WebhookRoute,
): RequestHandler {
  const answer = answerWith(metrics, nameOf(route));
  return async (req, res) => {
    const startedAt = performance.now();
    if (provider.settings === null) throw notConnected(provider);
    const request = { headers: req.headers, rawBody: req.body ?? noBytes, receivedAt: new Date() };
    const verdict = route.receive(request, provider.settings);
    if (verdict.kind === 'refused') throw new ApiProblem({ status: verdict.status, code: verdict.code, detail: verdict.reason });
    if (verdict.kind === 'ignored') return answer(res, 'ignored', startedAt);

    const { outcome, changes } = await storeWebhook(store, { provider: provider.id, ...verdict, request });
    answer(res, outcome, startedAt);
    for (const change of changes) dispatcher.offer(change);
  };
}

/** Ends a request that was turned away, or that could not be stored and must be sent again. Nothing is lost by a fault of ours. */
function refuseWith({ metrics, log }: ApiDeps, route: WebhookRoute, refusals: RefusalLog): ErrorRequestHandler {
  const name = nameOf(route);
  const mayLog = perSecond(1);
  return (error, req, res, _next) => {
    const problem = toProblem(error);
    if (problem.status < 500) {
      metrics.webhooks.inc({ route: name, outcome: 'refused' });
      const { status, code, message: reason } = problem;
      refusals.add({ route: name, status, code, reason, remoteAddress: req.ip ?? null });
      return sendProblem(res, problem);
    }
    metrics.webhooks.inc({ route: name, outcome: 'unavailable' });
    if (mayLog()) log.error({ err: error, route: name }, 'webhooks cannot be stored');
    sendProblem(res, sendAgain(route));
  };
}

type Outcome = 'queued' | 'duplicate' | 'ignored';

/** Writes one of three known bodies, without Express' JSON and ETag work, and counts it without looking labels up. */
function answerWith({ webhooks, ackSeconds }: Metrics, route: string) {
  const prepare = (outcome: Outcome) => ({ body: `{"status":"${outcome}"}`, counter: webhooks.labels(route, outcome) });
  const prepared = { queued: prepare('queued'), duplicate: prepare('duplicate'), ignored: prepare('ignored') };
  const ack = ackSeconds.labels(route);
  return (res: Response, outcome: Outcome, startedAt: number): void => {
    const { body, counter } = prepared[outcome];
    res.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
    counter.inc();
    ack.observe((performance.now() - startedAt) / 1_000);
  };
}

/** The path that was handed to the vendor stands for the route in logs, metrics and the inbox. */
const nameOf = (route: WebhookRoute): string => route.paths[0] ?? '';

function notConnected({ id, notConnected }: ApiProvider): ApiProblem {
  return new ApiProblem({ status: 401, code: 'not-configured', detail: notConnected ?? `${id} is not connected.` });
}

function sendAgain({ whenUnavailable: { status, retryAfterSeconds } }: WebhookRoute): ApiProblem {
  const detail = `This could not be stored. Send it again in ${retryAfterSeconds} seconds.`;
  return new ApiProblem({ status, code: 'unavailable', detail, headers: { 'retry-after': String(retryAfterSeconds) } });
}
