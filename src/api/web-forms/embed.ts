import { readFileSync } from 'node:fs';
import type { RequestHandler } from 'express';
import { ApiProblem } from '#api/rest/errors.ts';
import { renderForm } from './fields.ts';
import { localsOf, requireOpen } from './locals.ts';
import { blankPage } from './page.ts';

const script = readFileSync(new URL('./embed.js', import.meta.url), 'utf8');

/** The snippet for pages of other sites, the same for every form. */
export const sendEmbedScript: RequestHandler = (_req, res) => {
  res.set({ 'cross-origin-resource-policy': 'cross-origin', 'cache-control': 'public, max-age=3600' }).type('js').send(script);
};

/** The form alone, for the snippet to set into a page of an allowed site. */
export const sendFragment: RequestHandler = (_req, res) => {
  const { open } = requireOpen(res);
  if (!localsOf(res).sender?.isAllowed) {
    const detail = 'This form may not be shown on that site: its origin is not among the allowedOrigins of accord.yaml.';
    throw new ApiProblem({ status: 403, code: 'foreign-origin', detail });
  }
  res.set('cache-control', 'no-store').type('html').send(renderForm(open, blankPage).markup);
};
