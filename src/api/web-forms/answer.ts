import type { ErrorRequestHandler, Request, Response } from 'express';
import type { ApiDeps } from '#api/deps.ts';
import type { RefusalLog } from '#api/ingress/refusals.ts';
import { ApiProblem, sendProblem, toProblem } from '#api/rest/errors.ts';
import { perSecond } from '#concurrency/per-second.ts';
import { wantsPage } from './body.ts';
import { localsOf, requireOpen, routeOf } from './locals.ts';
import { sendFormPage, sendMessagePage } from './page.ts';

/** What the sender hears of a submission that is stored, also of one that was stored before. */
export function sendAccepted(
  req: Request,
  res: Response,
  { outcome, id }: { outcome: 'queued' | 'duplicate'; id: string },
): void {
  const { name, form } = requireOpen(res).open;
  if (wantsPage(req)) res.redirect(303, form.redirect ?? `/form/${name}/thanks`);
  else res.status(202).json({ status: outcome, id });
}

/** Ends a request that was turned away: a problem for programs, for people the page again with what they typed. */
export function refuseSubmissions({ metrics, log }: ApiDeps, refusals: RefusalLog): ErrorRequestHandler {
  const mayLog = perSecond(1);
  return (error, req, res, next) => {
    if (res.headersSent) return next(error);
    const problem = toProblem(error);
    const route = routeOf(res);
    if (problem.status >= 500) {
      metrics.webhooks.inc({ route, outcome: 'unavailable' });
      if (mayLog()) log.error({ err: error, route }, 'submissions cannot be stored');
      return sendRefusal(req, res, sendAgain());
    }
    // Who looks for a page that is not there has sent nothing.
    if (req.method !== 'GET') {
      metrics.webhooks.inc({ route, outcome: 'refused' });
      const { status, code, message: reason } = problem;
      refusals.add({ route, status, code, reason, remoteAddress: req.ip ?? null });
    }
    sendRefusal(req, res, problem);
  };
}

function sendRefusal(req: Request, res: Response, problem: ApiProblem): void {
  if (wantsPage(req)) sendRefusalPage(res, problem);
  else sendProblem(res, problem);
}

function sendRefusalPage(res: Response, problem: ApiProblem): void {
  const { open, given } = localsOf(res);
  const { status, message: text } = problem;
  res.set(problem.headers);
  if (!open || !given) {
    sendMessagePage(res, status, { title: status === 404 ? 'Not found' : 'It was not sent', text });
    return;
  }
  const faults = new Map(problem.errors.map(({ pointer, detail }) => [pointer.replace('/body/', ''), detail]));
  sendFormPage(res, status, open, { given, faults, notice: faults.size > 0 ? null : text });
}

function sendAgain(): ApiProblem {
  const detail = 'It could not be saved just now, through no fault of yours. Please send it again in a minute.';
  return new ApiProblem({ status: 503, code: 'unavailable', detail, headers: { 'retry-after': '30' } });
}
