import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type RequestHandler, type Response, Router } from 'express';
import { findSessionToken } from '#api/rest/session-cookie.ts';

export const adminPath = '/admin';
/** The pages that a subscriber's link opens. */
export const portalPagesPath = '/portal';

/** Where `npm run build:admin` writes the admin pages. */
export const builtPages = fileURLToPath(new URL('../../../dist/admin', import.meta.url));

const aYear = 365 * 24 * 3_600 * 1_000;

/** Serves the admin pages and the portal: hashed assets that browsers keep for ever, and one document for all addresses. */
export function createAdminRouter(directory = builtPages, basePath = ''): Router {
  const router = Router();
  const assets = `${adminPath}/assets`;
  router.use(assets, sendCompressed(join(directory, 'assets')));
  router.use(assets, express.static(join(directory, 'assets'), { maxAge: aYear, immutable: true, index: false }));
  router.use(assets, (_req, res) => void res.status(404).type('text').send('Not found'));
  for (const path of [adminPath, portalPagesPath])
    router.get([path, `${path}/{*page}`], (req, res) => {
      const preloads = path === adminPath && findSessionToken(req) !== null ? firstAnswers(req.path) : [];
      sendDocument(res, join(directory, 'index.html'), { basePath, preloads });
    });
  return router;
}

/** The first requests of the pages, which the browser sends while it loads their scripts. */
function firstAnswers(path: string): string[] {
  const always = ['/api/v1/session', '/api/v1/needs-you'];
  return path === adminPath || path === `${adminPath}/` ? [...always, '/api/v1/overview', '/api/v1/connections'] : always;
}

/** The names of assets have a hash of their content, so a document that is read anew always finds its own. */
function sendDocument(
  res: Response,
  file: string,
  { basePath, preloads }: { basePath: string; preloads: readonly string[] },
): void {
  res.set('cache-control', 'no-store');
  if (!existsSync(file)) {
    res.status(503).type('text').send('The admin pages are not built. Run: npm ci && npm run build:admin\n');
    return;
  }
  const nonce = randomBytes(18).toString('base64');
  res.set('content-security-policy', contentSecurityPolicy(nonce));
  const document = readFileSync(file, 'utf8')
    .replaceAll('__NONCE__', nonce)
    .replaceAll('__BASE__', basePath)
    // The build names its files from its own folder, and a document has any address below it.
    .replaceAll('="./', `="${basePath}${adminPath}/`)
    .replace('</head>', `${preloads.map((path) => preload(basePath + path)).join('')}</head>`);
  res.type('html').send(document);
}

const preload = (path: string) => `<link rel="preload" as="fetch" crossorigin href="${path}">\n`;

/** Only own files. The component library adds style elements, which carry the nonce of the document. */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

const types: Record<string, string> = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8' };

/** The build writes a Brotli file beside each script and style sheet: `express.static` sends it under the name of the original. */
function sendCompressed(directory: string): RequestHandler {
  const sendBrotli = express.static(directory, { maxAge: aYear, immutable: true, index: false, setHeaders });
  return (req, res, next) => {
    const isWanted = /\.(js|css)$/.test(req.path) && req.acceptsEncodings('br') === 'br';
    if (!isWanted || !existsSync(join(directory, `${req.path}.br`))) return next();
    req.url = `${req.path}.br`;
    sendBrotli(req, res, next);
  };
}

function setHeaders(res: Response, path: string): void {
  const extension = path.replace(/\.br$/, '').split('.').at(-1) ?? '';
  res.set({ 'content-encoding': 'br', 'content-type': types[extension], vary: 'Accept-Encoding' });
}
