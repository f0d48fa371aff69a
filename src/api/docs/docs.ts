import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Router } from 'express';
import { stringify } from 'yaml';
import type { OpenApiDocument } from './openapi.ts';

/** Served by the api, so that the page needs no other host. */
const root = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const assets = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

const toPage = (basePath: string) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Accord API</title>
    <link rel="icon" href="${basePath}/docs/favicon-32x32.png">
    <link rel="stylesheet" href="${basePath}/docs/swagger-ui.css">
  </head>
  <body>
    <div id="docs"></div>
    <script src="${basePath}/docs/swagger-ui-bundle.js"></script>
    <script src="${basePath}/docs/start.js"></script>
  </body>
</html>
`;

/** A separate file: the content security policy allows no inline script. */
const toStart = (basePath: string) =>
  `SwaggerUIBundle({ url: '${basePath}/docs/openapi.json', dom_id: '#docs', deepLinking: true });\n`;

/**
 * Serves the reference page at `/docs`, and the OpenAPI document as JSON and YAML. The document is built when it is first asked for,
 * which takes 0.6 seconds of CPU time.
 */
export function createDocsRouter(build: () => OpenApiDocument, basePath = ''): Router {
  const router = Router();
  let built: OpenApiDocument | undefined;
  const getDocument = () => (built ??= { ...build(), servers: [{ url: basePath || '/' }] });
  let text: string | undefined;
  const getText = () => (text ??= toYaml(getDocument()));

  router.get('/', (_req, res) => res.redirect(`${basePath}/docs`));
  router.get('/docs', (_req, res) => {
    res.type('html').send(toPage(basePath));
  });
  router.get('/docs/start.js', (_req, res) => {
    res.type('js').send(toStart(basePath));
  });
  router.get('/docs/openapi.json', (_req, res) => {
    res.json(getDocument());
  });
  router.get('/docs/openapi.yaml', (_req, res) => {
    res.type('application/yaml').send(getText());
  });
  for (const asset of assets) {
    router.get(`/docs/${asset}`, (_req, res) => res.sendFile(asset, { root, maxAge: '1h' }));
  }
  return router;
}

/** The text of docs/openapi.yaml. */
export function toYaml(document: OpenApiDocument): string {
  return `# Generated from the schemas in src/api by \`npm run openapi\`.\n${stringify(document, { aliasDuplicateObjects: false })}`;
}
