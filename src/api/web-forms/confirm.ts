import { hash } from 'node:crypto';
import { requestSync } from '#api/contacts/contact-workflow.ts';
import type { ApiDeps } from '#api/deps.ts';
import { notFound } from '#api/rest/errors.ts';
import { confirmSubmission } from '#db/sync/confirmations.ts';
import { type FormRequest, getFormWithPage, run } from './form-request.ts';
import type { OpenForm } from './forms.ts';
import { sendConfirmedPage, sendConfirmPage, sendUnusableLinkPage } from './page.ts';

/** Shows the button. Changes nothing and looks nothing up, so that all links look alike. */
export async function showConfirmation(request: FormRequest): Promise<void> {
  const open = await admit(request);
  sendConfirmPage(request.res, open);
}

/** Uses a confirmation link: has the same effect as a person who accepts the submission. The link is all the proof that it needs. */
export async function confirm(deps: ApiDeps, request: FormRequest): Promise<void> {
  const { req, res } = request;
  const open = await admit(request);
  const accepted = await confirmSubmission(deps.db, {
    hash: hash('sha256', String(req.params.token), 'hex'),
    form: open.name,
    at: new Date(),
    ip: req.ip ?? null,
    userAgent: req.headers['user-agent']?.slice(0, 500) ?? null,
  });
  if (accepted.outcome === 'nothing-waits') return sendUnusableLinkPage(res, open);
  const { contactId, changes } = accepted;
  // The link is used: a failure from here on is the sweeper's to repair.
  await requestSync(deps, contactId, changes).catch((error) => deps.log.warn({ contactId, err: error }, 'sync not requested'));
  sendConfirmedPage(res, open);
}

async function admit(request: FormRequest): Promise<OpenForm> {
  const open = getFormWithPage(request);
  if (open.form.trust !== 'confirm') throw notFound('There is no such page.');
  await run(open.confirmationLimit, request);
  return open;
}
