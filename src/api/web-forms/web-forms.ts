import { type RequestHandler, Router } from 'express';
import type { ApiDeps } from '#api/deps.ts';
import { createRefusalLog } from '#api/ingress/refusals.ts';
import { methodNotAllowed } from '#api/rest/errors.ts';
import { refuseSubmissions } from './answer.ts';
import { readRawBody, requireFormType } from './body.ts';
import { sendEmbedScript, sendFragment } from './embed.ts';
import { type OpenForm, openForms } from './forms.ts';
import { limitSubmissions } from './limit.ts';
import { localsOf, noSuchForm, requireOpen } from './locals.ts';
import { allowOrigin, findSender, preflight } from './origin.ts';
import { blankPage, sendFormPage, sendThanksPage } from './page.ts';
import { proveSender } from './prove.ts';
import { receiveSubmission } from './receive.ts';

/**
 * The forms of accord.yaml. Of a submission: form → type → raw bytes → proof → rate → fields → store → answer → dispatch. As with
 * webhooks, the answer waits for the database and never for Temporal.
 */
export function createWebFormRouter(deps: ApiDeps): Router {
  const router = Router();
  const forms = openForms(deps.providers);
  const refusals = createRefusalLog(deps);
  const find = findForm(forms, deps.publicUrl);

  router.get('/form/embed.js', sendEmbedScript);
  router.get('/form/:form', find, requirePage, showForm);
  router.get('/form/:form/thanks', find, requirePage, showThanks);
  router.get('/form/:form/fragment', find, requirePage, sendFragment);
  const receive = receiveSubmission(deps, refusals);
  const steps = [find, requireFormType, requireForm, readRawBody, proveSender, limitSubmissions(forms), receive];
  router.post('/webforms/:form', ...steps);
  router.options('/webforms/:form', find, preflight);
  router.all('/webforms/:form', methodNotAllowed('POST'));
  router.use(refuseSubmissions(deps, refusals));
  return router;
}

function findForm(forms: ReadonlyMap<string, OpenForm>, publicUrl: string | undefined): RequestHandler {
  return (req, res, next) => {
    const open = forms.get(String(req.params.form));
    const sender = open && findSender(req, open, publicUrl);
    Object.assign(localsOf(res), { open, sender });
    if (sender) allowOrigin(res, sender);
    next();
  };
}

const requireForm: RequestHandler = (_req, res, next) => {
  requireOpen(res);
  next();
};

/** A form for servers has no page. */
const requirePage: RequestHandler = (_req, res, next) => {
  if (requireOpen(res).open.form.signedOnly) throw noSuchForm();
  next();
};

/** A hidden field without a value of its own takes it from the address: /form/contact?campaign=spring. */
const showForm: RequestHandler = (req, res) => {
  const { open } = requireOpen(res);
  const hidden = open.form.fields.filter(({ type }) => type === 'hidden');
  const given = new Map(hidden.map(({ name }) => [name, req.query[name]]));
  sendFormPage(res, 200, open, { ...blankPage, given });
};

const showThanks: RequestHandler = (_req, res) => {
  sendThanksPage(res, requireOpen(res).open);
};
