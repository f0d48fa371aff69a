import type { Request, RequestHandler, Response } from 'express';
import type { Account } from '#sandbox/calltools/account.ts';
import { ApiError, methodNotAllowed, notFoundPage } from '#sandbox/calltools/django/errors.ts';
import { parseBody } from '#sandbox/calltools/django/parse-body.ts';
import { authenticate, requirePermission } from '#sandbox/calltools/tokens.ts';
import { type Answer, type Call, isMethod, type Resource } from './resource.ts';

type Methods = NonNullable<Resource['list']>;

/** Checks path, token, method, permission and body, in the order of a Django project with Django REST Framework. */
export function createRouter(account: Account, resources: Readonly<Record<string, Resource>>): RequestHandler {
  return (request, response) => {
    const url = new URL(request.originalUrl, `${request.protocol}://${request.headers.host ?? 'localhost'}`);
    const found = findMethods(url.pathname, resources);
    if (found) return answer(response, found.methods, () => handle(request, url, found, account));
    if (findMethods(`${url.pathname}/`, resources)) return redirect(response, url);
    response.status(404).type('html').send(notFoundPage);
  };
}

function findMethods(path: string, resources: Readonly<Record<string, Resource>>): { methods: Methods; id: number } | null {
  const [, name = '', id] = /^\/api\/([a-z]+)\/(?:([^/]+)\/)?$/.exec(path) ?? [];
  const resource = Object.hasOwn(resources, name) ? resources[name] : undefined;
  const methods = id === undefined ? resource?.list : resource?.detail;
  return methods ? { methods, id: /^\d+$/.test(id ?? '') ? Number(id) : Number.NaN } : null;
}

/** For every method: a client that follows it sends a GET instead of its POST (developers.calltools.com/api-conventions). */
function redirect(response: Response, url: URL): void {
  response.status(301).type('html').set('Location', `${url.pathname}/${url.search}`).end();
}

function handle(request: Request, url: URL, { methods, id }: { methods: Methods; id: number }, account: Account): Answer {
  const token = authenticate(request.headers.authorization, account.settings.tokens);
  if (request.method === 'OPTIONS') return { status: 200, body: { renders: ['application/json'], parses: ['application/json'] } };
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const operation = isMethod(method) ? methods[method] : undefined;
  if (!operation) throw methodNotAllowed(request.method);
  requirePermission(token, operation.permission);
  const body = () => parseBody(request.body ?? Buffer.alloc(0), request.headers['content-type']);
  const call: Call = { account, token, id, url, body };
  return method === 'GET' ? operation.handle(call) : account.transaction(() => operation.handle(call));
}

function answer(response: Response, methods: Methods, work: () => Answer): void {
  response.set('Allow', [...Object.keys(methods), ...(methods.GET ? ['HEAD'] : []), 'OPTIONS'].join(', '));
  const { status, body, headers = {} } = toAnswer(work);
  response.status(status).set(headers);
  if (body === undefined) response.end();
  else response.type('json').send(JSON.stringify(body));
}

function toAnswer(work: () => Answer): Answer & { headers?: Record<string, string> } {
  try {
    return work();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}
