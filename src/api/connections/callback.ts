import { type Response, Router } from 'express';
import type { ApiDeps } from '#api/deps.ts';
import { toProblem } from '#api/rest/errors.ts';
import { addressOf, limitPerMinute } from '#api/rest/rate-limit.ts';
import { html } from '#api/web-forms/html.ts';
import { callbackPath } from './callback-url.ts';
import { finishAuthorization } from './finish-authorization.ts';

/** A person comes here once per authorisation. */
const callbacksPerMinute = 60;

/** The page that vendors send browsers to. It needs no API key: the state identifies the request. */
export function createCallbackRouter(deps: ApiDeps): Router {
  const router = Router();
  const limit = limitPerMinute(callbacksPerMinute, 'Too many callbacks came from this address. Wait a minute.', addressOf);
  router.get(callbackPath, limit, async ({ originalUrl }, res) => {
    try {
      const { state, message } = await finishAuthorization(deps, new URL(originalUrl, 'http://host').searchParams);
      sendPage(res, state === 'connected' ? 200 : 400, titles[state], message);
    } catch (error) {
      const problem = toProblem(error);
      if (problem.code === 'internal-error') throw error;
      sendPage(res, problem.status, 'Not connected', problem.message);
    }
  });
  return router;
}

const titles = {
  connected: 'Connected',
  denied: 'Access denied',
  failed: 'Not connected',
  'other-account': 'This is another account',
  waiting: 'Not connected',
} as const;

function sendPage(res: Response, status: number, title: string, message: string): void {
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Accord: ${title}</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem}</style></head>
<body><main><h1>${title}</h1><p>${message}</p><p>You can close this window.</p></main></body></html>
`;
  res.status(status).set({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }).type('html').send(page.markup);
}
