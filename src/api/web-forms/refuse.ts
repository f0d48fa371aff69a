import type { IngressRoute } from '#api/ingress/ingress-route.ts';
import { type ApiProblem, sendProblem, toProblem } from '#api/rest/errors.ts';
import { type FormRequest, wantsPage } from './form-request.ts';
import { sendFormPage, sendMessagePage } from './page.ts';

/** Ends a request that failed. Programs get a problem; browsers get the page again with its values. */
export function refuseForm(request: FormRequest, error: unknown, unknownForm: IngressRoute): void {
  const { req, res, open } = request;
  const problem = toProblem(error);
  // A GET submits nothing, so a page that does not exist is no refusal.
  const isRefusal = req.method !== 'GET' || problem.status >= 500;
  const shown = isRefusal ? (open?.ingress ?? unknownForm).fail(req, error) : problem;
  if (wantsPage(req)) sendRefusalPage(request, shown);
  else sendProblem(res, shown);
}

function sendRefusalPage({ res, open, given }: FormRequest, { status, message, headers, errors }: ApiProblem): void {
  res.set(headers);
  if (!open || !given) {
    sendMessagePage(res, status, { title: status === 404 ? 'Not found' : 'The form was not sent', text: message });
    return;
  }
  const faults = new Map(errors.map(({ pointer, detail }) => [pointer.replace('/body/', ''), detail]));
  sendFormPage(res, status, open, { given, faults, notice: faults.size > 0 ? null : message });
}
