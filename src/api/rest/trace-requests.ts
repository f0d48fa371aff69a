import type { RequestHandler } from 'express';
import { type Tracing, withStep } from '#tracing/tracing.ts';

/**
 * Begins a trace with each request that may change something. One that a sender names is not continued: anybody may send it. The step has
 * the pattern of the route, never the path, which may hold an email address.
 */
export function traceRequests(tracing: Tracing): RequestHandler {
  return (req, res, next) => {
    const { method } = req;
    if (method === 'GET' || method === 'HEAD') return next();
    const step = tracing.begin({ name: method, kind: 'server' }, null);
    res.once('close', () => {
      const pattern: unknown = req.route?.path;
      const route = typeof pattern === 'string' ? req.baseUrl + pattern : null;
      step.end({
        name: route === null ? method : `${method} ${route}`,
        isFailed: res.statusCode >= 500,
        attributes: {
          ...{ 'http.request.method': method, 'http.response.status_code': res.statusCode },
          ...(route !== null && { 'http.route': route }),
        },
      });
    });
    withStep(step, next);
  };
}
