import { hash } from 'node:crypto';
import type { Response } from 'express';
import { type FormState, fieldId, renderForm, thanksOf } from './fields.ts';
import type { OpenForm } from './forms.ts';
import { type Html, html } from './html.ts';

export interface PageState extends FormState {
  /** A problem of the whole form, such as a database that is down; null for none, and for problems of single fields. */
  notice: string | null;
}

export const blankPage: PageState = { given: new Map(), faults: new Map(), notice: null };

/** The hosted page. It needs no script and loads nothing. */
export function sendFormPage(res: Response, status: number, open: OpenForm, state: PageState): void {
  const { form } = open;
  const isFaulty = state.notice !== null || state.faults.size > 0;
  const body = html`<h1>${form.title}</h1>
${isFaulty && renderSummary(open, state)}
${form.intro !== undefined && html`<p class="lines">${form.intro}</p>`}
${renderForm(open, state)}`;
  sendPage(res, status, { title: `${isFaulty ? 'Error: ' : ''}${form.title}`, body, formAction: formActionOf(open) });
}

/** The page after a submission. */
export function sendThanksPage(res: Response, open: OpenForm): void {
  const body = html`<h1>${open.form.title}</h1>
<p class="lines" role="status">${thanksOf(open)}</p>
<p><a href="${open.basePath}/form/${open.name}">Back to the form</a></p>`;
  sendPage(res, 200, { title: `Sent: ${open.form.title}`, body });
}

/** The page that a confirmation link leads to. Mail scanners follow links, so only its button confirms. It shows no value of the submission. */
export function sendConfirmPage(res: Response, { form }: OpenForm): void {
  const body = html`<h1>${form.title}</h1>
<p>Somebody sent this form with your email address. Press the button if it was you.</p>
<form method="post"><button type="submit">${form.confirmation.label}</button></form>`;
  sendPrivatePage(res, 200, { title: form.title, body, formAction: "'self'" });
}

/** The page after a link was used. */
export function sendConfirmedPage(res: Response, { form }: OpenForm): void {
  const body = html`<h1>${form.title}</h1>
<p role="status">Thank you. What you sent us is confirmed.</p>`;
  sendPrivatePage(res, 200, { title: `Confirmed: ${form.title}`, body });
}

/** The same for links that are unknown, used or expired. */
export function sendUnusableLinkPage(res: Response, { name, basePath, form }: OpenForm): void {
  const body = html`<h1>${form.title}</h1>
<p role="alert">This link cannot be used. If you have used it before, there is nothing left to do. It can be used once, and for ${form.confirmation.days} ${form.confirmation.days === 1 ? 'day' : 'days'}.</p>
<p><a href="${basePath}/form/${name}">Send the form again</a></p>`;
  sendPrivatePage(res, 404, { title: form.title, body });
}

/** The address of the page is a secret, so it is kept out of search engines and of the next site's log. */
function sendPrivatePage(res: Response, status: number, page: { title: string; body: Html; formAction?: string }): void {
  res.set('x-robots-tag', 'noindex, nofollow');
  sendPage(res, status, { ...page, referrerPolicy: 'no-referrer' });
}

/** A page with a title and one sentence. */
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
<h2 id="accord-summary">${notice === null ? 'There is a problem' : 'The form was not sent'}</h2>
${notice !== null && html`<p>${notice}</p>`}${items.length > 0 && html`<ul>\n${items}</ul>`}
</div>`;
}

interface Page {
  title: string;
  body: Html;
  formAction?: string;
  /** Default: `same-origin`. With `no-referrer` browsers send a form with `Origin: null`, which submissions refuse. */
  referrerPolicy?: 'no-referrer';
}

function sendPage(res: Response, status: number, page: Page): void {
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
      'referrer-policy': page.referrerPolicy ?? 'same-origin',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
    })
    .type('html')
    .send(markup);
}

function policy(formAction: string): string {
  return `default-src 'none'; style-src ${styleHash}; form-action ${formAction}; base-uri 'none'; frame-ancestors 'none'`;
}

/** Browsers apply `form-action` also to the redirect that answers a form. */
function formActionOf({ form: { redirect } }: OpenForm): string {
  return redirect?.startsWith('/') === false ? `'self' ${new URL(redirect).origin}` : "'self'";
}

/** Text and borders have a contrast of at least 7 to 1. */
const style = `
*{box-sizing:border-box}
body{margin:0;background:#fff;color:#1a1a1a;font:1.0625rem/1.5 system-ui,sans-serif}
main{max-width:38rem;margin:0 auto;padding:1.5rem 1rem 3rem}
h1{font-size:1.75rem;line-height:1.25;margin:0 0 1rem;overflow-wrap:anywhere}
h2{font-size:1.25rem;margin:0 0 .5rem}
p{margin:0 0 1rem;overflow-wrap:anywhere}
.lines{white-space:pre-line}
.field{margin:0 0 1.25rem}
label{display:block;font-weight:600;margin-bottom:.25rem;overflow-wrap:anywhere}
.hint{margin:0 0 .25rem;color:#4a4a4a}
.error{margin:0 0 .25rem;color:#a10b1c;font-weight:600}
input,select,textarea,button{font:inherit;color:inherit}
input:not([type=checkbox]),select,textarea{width:100%;min-height:2.75rem;padding:.5rem .6rem;background:#fff;border:2px solid #4a4a4a;border-radius:4px}
:is(input,select,textarea)[aria-invalid]{border-color:#a10b1c}
.tick{display:flex;gap:.75rem;align-items:flex-start}
.tick input{flex:none;width:1.5rem;height:1.5rem;margin:0}
.tick label{font-weight:400;margin:0}
button{min-height:2.75rem;padding:.5rem 1.5rem;border:2px solid #0b4a86;border-radius:4px;background:#0b4a86;color:#fff;font-weight:600;cursor:pointer}
.summary{border:4px solid #a10b1c;border-radius:4px;padding:1rem;margin:0 0 1.5rem}
.summary ul{margin:0;padding-left:1.25rem}
a{color:#0b4a86}
.summary a{color:#a10b1c}
:focus-visible{outline:3px solid #0b4a86;outline-offset:3px}
.summary:focus{outline:3px solid #0b4a86;outline-offset:3px}
.away{position:absolute;left:-9999px;width:1px;height:1px;overflow:hidden}
`;

/** Makes the content security policy allow this style and no other. */
const styleHash = `'sha256-${hash('sha256', style, 'base64')}'`;
