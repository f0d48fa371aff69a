import { type Request, type Response, Router } from 'express';

/** A valid request of an app for access, as its vendor reads it. */
export interface AuthorizeRequest {
  redirectUri: string;
  state: string | null;
  scopes: readonly string[];
  codeChallenge: string | null;
  /** Whose data it is about, as the page shows it. */
  account: string;
}

/** Shown as a page, never sent to the redirect URI: it cannot be trusted (RFC 6749, section 4.1.2.1). */
export class AuthorizeRefusal extends Error {
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

interface Options {
  /** The vendor's name. */
  title: string;
  /** Throws an `AuthorizeRefusal`. */
  read(query: URLSearchParams): AuthorizeRequest;
  /** The parameters of the redirect, beside `state`. */
  allow(request: AuthorizeRequest): Record<string, string>;
  deny(request: AuthorizeRequest): Record<string, string>;
}

/**
 * The page where a person allows or denies an app the access. Its form posts to its own URL: `decision` is `allow` or `deny`, and each
 * `without` is a scope that the person does not allow.
 */
export function authorizePage(path: string, { title, read, allow, deny }: Options): Router {
  const router = Router();
  router.get(path, (request, response) =>
    answer(response, () => void response.type('html').send(consentPage(title, read(queryOf(request))))),
  );
  router.post(path, (request, response) =>
    answer(response, () => {
      const wanted = read(queryOf(request));
      const form = new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '');
      const without = form.getAll('without');
      const granted = { ...wanted, scopes: wanted.scopes.filter((scope) => !without.includes(scope)) };
      const parameters = form.get('decision') === 'allow' ? allow(granted) : deny(granted);
      const url = new URL(wanted.redirectUri);
      const state = wanted.state === null ? {} : { state: wanted.state };
      for (const [name, value] of Object.entries({ ...parameters, ...state })) url.searchParams.set(name, value);
      response.redirect(302, url.href);
    }),
  );
  return router;
}

function queryOf({ originalUrl }: Request): URLSearchParams {
  return new URL(originalUrl, 'http://host').searchParams;
}

function answer(response: Response, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof AuthorizeRefusal)) throw error;
    const page = toPage('Access blocked', `<h1>Access blocked</h1><p>${escapeHtml(error.message)}</p>`);
    response.status(error.status).type('html').send(page);
  }
}

function consentPage(title: string, { scopes, account }: AuthorizeRequest): string {
  const rows = scopes.map((scope) => {
    const input = `<input type="checkbox" name="without" value="${escapeHtml(scope)}">`;
    return `<li>${escapeHtml(scope)} <label>${input} do not allow</label></li>`;
  });
  const body = `<h1>${escapeHtml(title)} sandbox</h1>
<p>Accord wants access to <b>${escapeHtml(account)}</b>:</p>
<form method="post"><ul>${rows.join('')}</ul>
<button name="decision" value="allow">Allow</button> <button name="decision" value="deny">Deny</button></form>`;
  return toPage(`${title} sandbox`, body);
}

function toPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem}button{font:inherit;padding:.4rem 1.2rem}</style></head>
<body>${body}</body></html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
