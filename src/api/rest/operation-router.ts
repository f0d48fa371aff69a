import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, { type RequestHandler, type Response, Router } from 'express';
import type { ApiDeps } from '#api/deps.ts';
import { type Authorize, callerOf } from './auth.ts';
import { Download } from './download.ts';
import { ApiProblem, methodNotAllowed } from './errors.ts';
import { answerOnce, type OperationAnswer } from './idempotency.ts';
import { maskPersonal } from './mask.ts';
import type { Operation } from './operation.ts';

/** Serves the operations, each behind the handlers of `authorize` for its scope. */
export function createOperationRouter(deps: ApiDeps, operations: readonly Operation[], authorize: Authorize): Router {
  const router = Router();
  // For every content type: a body that is not JSON is refused, not ignored.
  const readJson = express.json({ limit: '64kb', type: () => true });
  const methods = new Map<string, string[]>();
  for (const operation of operations) {
    const handlers = [
      countWith(deps, operation),
      ...authorize(operation.scope),
      operation.uploads ? checkType(operation.uploads) : readJson,
      handleWith(deps, operation),
    ];
    for (const path of [operation.path, ...(operation.aliases ?? [])].map(toExpressPath)) {
      router[operation.method](path, ...handlers);
      methods.set(path, [...(methods.get(path) ?? []), operation.method.toUpperCase()]);
    }
  }
  for (const [path, allowed] of methods) router.all(path, methodNotAllowed(allowed.join(', ')));
  return router;
}

function handleWith(deps: ApiDeps, operation: Operation): RequestHandler {
  const { method, path, isAtomic } = operation;
  return async (req, res) => {
    const { params, query, body, headers } = req;
    const { keyId, actor, endpointIds = [] } = callerOf(res);
    const { input, check, handle } = operation.prepare({ params, query, body, file: req, actor, keyId, endpointIds });
    await check(deps);
    if (!isAtomic) return send(res, operation, { data: await handle(deps), isReplayed: false });
    const request = JSON.stringify([method, path, input.params, input.query, input.body]);
    await send(res, operation, await answerOnce(deps, { key: headers['idempotency-key'], keyId, request }, handle));
  };
}

function checkType(types: readonly string[]): RequestHandler {
  return (req, _res, next) => {
    if (req.is([...types])) return next();
    const detail = `The body must be a file of the type ${types.join(' or ')}, as its Content-Type says.`;
    throw new ApiProblem({ status: 415, code: 'unsupported-media-type', detail });
  };
}

/** A download that fails after it began breaks the connection, so that the reader does not take the fragment for the whole. */
async function send(res: Response, { response, isImpersonal }: Operation, { data, isReplayed }: OperationAnswer): Promise<void> {
  // Personal data does not belong in caches of proxies and browsers.
  res.status(response.status).set('cache-control', 'no-store');
  if (isReplayed) res.set('idempotency-replayed', 'true');
  if (response.status === 204) return void res.end();
  const { isMasked } = callerOf(res);
  if (!(data instanceof Download)) {
    const shown = isMasked && !isImpersonal ? maskPersonal(data) : data;
    return void res.json(response.isBare ? shown : { success: true, data: shown });
  }
  if (isMasked) throw noFilesForViewers();
  res.type(data.type).attachment(data.filename);
  await pipeline(Readable.from(data.chunks), res).catch(() => res.destroy());
}

const noFilesForViewers = () =>
  new ApiProblem({ status: 403, code: 'missing-scope', detail: 'Files contain personal data, which viewers do not see.' });

/** The metric's label is `endpoint`: dashboards read it. */
function countWith({ metrics }: ApiDeps, { method, path }: Operation): RequestHandler {
  const endpoint = `${method.toUpperCase()} ${path}`;
  return (_req, res, next) => {
    res.on('finish', () => metrics.apiRequests.inc({ endpoint, status: res.statusCode }));
    next();
  };
}

const toExpressPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');
