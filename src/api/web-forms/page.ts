import type { Response } from 'express';
import { type FormState, fieldId, renderForm, thanksOf } from './fields.ts';
import type { OpenForm } from './forms.ts';
import { type Html, html } from './html.ts';
import { style, styleHash } from './style.ts';

export interface PageState extends FormState {
  /** What went wrong with the whole, such as a database that is down; null when it is the fields, or nothing. */
  notice: string | null;
}

export const blankPage: PageState = { given: new Map(), faults: new Map(), notice: null };

/** The hosted page. It works without script, and loads nothing. */
export function sendFormPage(res: Response, status: number, open: OpenForm, state: PageState): void {
  const { form } = open;
  const isFaulty = state.notice !== null || state.faults.size > 0;
  const body = html`<h1>${form.title}</h1>
${isFaulty && renderSummary(open, state)}
${form.intro !== undefined && html`<p class="lines">${form.intro}</p>`}
${renderForm(open, state)}`;
  sendPage(res, status, { title: `${isFaulty ? 'Error: ' : ''}${form.title}`, body, formAction: formActionOf(open) });
}

export function sendThanksPage(res: Response, open: OpenForm): void {
  const body = html`<h1>${open.form.title}</h1>
<p class="lines" role="status">${thanksOf(open)}</p>
<p><a href="/form/${open.name}">Back to the form</a></p>`;
  sendPage(res, 200, { title: `Sent: ${open.form.title}`, body });
}

/** A page that says one thing. */
export function sendMessagePage(res: Response, status: number, message: { title: string; text: string }): void {
  const body = html`<h1>${message.title}</h1>
<p role="alert">${message.text}</p>`;
  sendPage(res, status, { title: message.title, body });
}

function renderSummary({ name, form }: OpenForm, { notice, faults }: PageState): Html {
  const items = form.fields
    .filter((field) => faults.has(field.name))
    .map((field) => html`<li><a href="#${fieldId(name, field.name)}">${faults.get(field.name)}</a></li>\n`);
  return html`<div class="summary" role="alert" tabindex="-1" autofocus aria-labelledby="accord-summary">
<h2 id="accord-summary">${notice === null ? 'Please look at this again' : 'It was not sent'}</h2>
${notice !== null && html`<p>${notice}</p>`}${items.length > 0 && html`<ul>\n${items}</ul>`}
</div>`;
}

function sendPage(res: Response, status: number, page: { title: string; body: Html; formAction?: string }): void {
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title}</title>
<style>${{ markup: style }}</style>
</head>
<body>
<main>
${page.body}
</main>
</body>
</html>
`;
  res
    .status(status)
    .set({
      'content-security-policy': policy(page.formAction ?? "'none'"),
      // With `no-referrer` browsers would send the form with `Origin: null`, and it would be refused.
      'referrer-policy': 'same-origin',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
    })
    .type('html')
    .send(markup);
}

function policy(formAction: string): string {
  return `default-src 'none'; style-src ${styleHash}; form-action ${formAction}; base-uri 'none'; frame-ancestors 'none'`;
}

/** Browsers hold the redirect that answers a form to the same rule as the form itself. */
function formActionOf({ form: { redirect } }: OpenForm): string {
  return redirect?.startsWith('/') === false ? `'self' ${new URL(redirect).origin}` : "'self'";
}
