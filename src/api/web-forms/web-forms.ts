import { readFileSync } from 'node:fs';
import { type ErrorRequestHandler, type RequestHandler, type Response, Router } from 'express';
import type { ApiDeps } from '#api/deps.ts';
import { createRefusalLog } from '#api/ingress/refusals.ts';
import { methodNotAllowed } from '#api/rest/errors.ts';
import { confirm, showConfirmation } from './confirm.ts';
import { renderForm } from './fields.ts';
import { type FormRequest, getForm, getFormWithPage } from './form-request.ts';
import { createFormIngress, openForms } from './forms.ts';
import { blankPage, sendFormPage, sendThanksPage } from './page.ts';
import { receiveSubmission } from './receive.ts';
import { refuseForm } from './refuse.ts';
import { allowOrigin, findSender, foreignOrigin, type Sender, sendPreflight } from './sender.ts';

type Step = (request: FormRequest) => void | Promise<void>;

const noSender: Sender = { origin: null, isAllowed: false };

/** Serves the forms of accord.yaml: hosted pages, the embed script, and the URL that takes submissions. */
export function createWebFormRouter(deps: ApiDeps): Router {
  const refusals = createRefusalLog(deps);
  const forms = openForms(deps, refusals);
  const unknownForm = createFormIngress(deps, refusals, '{form}');

  function on(step: Step): RequestHandler {
    return async (req, res, next) => {
      const open = forms.get(String(req.params.form)) ?? null;
      const sender = open ? findSender(req, open, deps.publicUrl) : noSender;
      if (open) allowOrigin(res, sender);
      const request = { req, res, open, sender, given: null };
      try {
        await step(request);
      } catch (error) {
        if (res.headersSent) next(error);
        else refuseForm(request, error, unknownForm);
      }
    };
  }

  const router = Router();
  router.get('/form/embed.js', (_req, res) => sendEmbedScript(res));
  router.get('/form/:form', on(showForm));
  router.get('/form/:form/thanks', on(showThanks));
  router.get('/form/:form/fragment', on(sendFragment));
  router.get('/form/:form/confirm/:token', on(showConfirmation));
  router.post(
    '/form/:form/confirm/:token',
    on((request) => confirm(deps, request)),
  );
  router.post(
    '/webforms/:form',
    on((request) => receiveSubmission(deps, request)),
  );
  router.options('/webforms/:form', on(answerPreflight));
  router.all('/webforms/:form', methodNotAllowed('POST'));
  router.use(((error, req, res, next) => {
    if (res.headersSent) next(error);
    else refuseForm({ req, res, open: null, sender: noSender, given: null }, error, unknownForm);
  }) satisfies ErrorRequestHandler);
  return router;
}

const script = readFileSync(new URL('./embed.js', import.meta.url), 'utf8');

/** The script is the same for every form and every site. */
function sendEmbedScript(res: Response): void {
  res.set({ 'cross-origin-resource-policy': 'cross-origin', 'cache-control': 'public, max-age=3600' }).type('js').send(script);
}

/** Hidden fields without a value of their own take it from the query string: /form/contact?campaign=spring. */
function showForm(request: FormRequest): void {
  const { req, res } = request;
  const open = getFormWithPage(request);
  const hidden = open.form.fields.filter(({ type }) => type === 'hidden');
  const given = new Map(hidden.map(({ name }) => [name, req.query[name]]));
  sendFormPage(res, 200, open, { ...blankPage, given });
}

function showThanks(request: FormRequest): void {
  sendThanksPage(request.res, getFormWithPage(request));
}

/** The form alone: the embed script inserts it into a page of an allowed site. */
function sendFragment(request: FormRequest): void {
  const open = getFormWithPage(request);
  if (!request.sender.isAllowed) throw foreignOrigin();
  request.res.set('cache-control', 'no-store').type('html').send(renderForm(open, blankPage).markup);
}

function answerPreflight(request: FormRequest): void {
  getForm(request);
  sendPreflight(request.res, request.sender);
}
