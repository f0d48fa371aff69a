import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { toYaml } from '#api/docs/docs.ts';
import { startTestApi, type TestApi } from '#test/api/test-api.ts';
import { compileSchemas, document, propertyNames } from './openapi-check.ts';

type Content = Record<string, { schema: unknown }>;

interface Operation {
  operationId: string;
  summary: string;
  security: unknown[];
  parameters?: { name: string; in: string; required?: boolean }[];
  requestBody?: { content: Content };
  responses: Record<string, { description: string; content?: Content }>;
}

const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
  Object.entries(methods as Record<string, Operation>).map(([method, operation]) => ({ path, method, operation })),
);

describe('the OpenAPI document', () => {
  it('equals docs/openapi.yaml, which `npm run openapi` writes', () => {
    expect(readFileSync('docs/openapi.yaml', 'utf8')).toBe(toYaml(document));
  });

  it('has only valid schemas without dangling references', () => {
    expect(compileSchemas().length).toBeGreaterThan(50);
  });

  it('gives each operation a unique id, a summary, responses and a security scheme', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { operation } of operations) {
      expect(operation).toMatchObject({ summary: expect.any(String), responses: expect.any(Object) });
      if (operation.security.length > 0) {
        expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['401', '403', '429', '503']));
      }
    }
  });

  it('declares every path parameter', () => {
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = (operation.parameters ?? []).filter((each) => each.in === 'path');
      expect(declared.map(({ name }) => name)).toEqual(inPath);
      expect(declared.every(({ required }) => required)).toBe(true);
    }
  });

  // docs/api-style.md
  it('uses one case for the names within one body', () => {
    const mixed = operations.flatMap(({ path, method, operation: { requestBody, responses } }) =>
      [requestBody, ...Object.values(responses)]
        .flatMap((part) => Object.values(part?.content ?? {}))
        .filter(({ schema }) => isMixed([...propertyNames(schema)]))
        .map(() => `${method} ${path}`),
    );
    expect(mixed).toEqual([]);
  });

  const isMixed = (names: string[]) => names.some((name) => name.includes('_')) && names.some((name) => /[a-z][A-Z]/.test(name));

  it('has all routes that the replaced systems had', () => {
    expect(Object.keys(document.paths ?? {})).toEqual(
      expect.arrayContaining([
        '/webhook/ghl',
        '/webhooks/ghl',
        '/webhook/ghl-workflow',
        '/webhooks/health',
        '/sync/trigger',
        '/sync-trigger',
        '/sync/stats',
        '/sync/mark-customer/{ghl_contact_id}',
        '/sync/contacts/{id}',
        '/sync/contacts/{id}/retry',
      ]),
    );
  });
});

describe('the api', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi();
  });
  afterAll(() => api.close());

  it('serves every operation of the document', async () => {
    for (const { path, method } of operations) {
      const response = await fetch(api.url + path.replaceAll(/\{\w+\}/g, 'x'), { method: method.toUpperCase() });
      expect([path, response.status]).not.toEqual([path, 404]);
      expect([path, response.status]).not.toEqual([path, 405]);
    }
  });

  it('shows the document on a page that loads nothing from other origins', async () => {
    const page = await fetch(`${api.url}/docs`);
    expect(page.headers.get('content-security-policy')).toMatch("default-src 'self'");
    const sources = [...(await page.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source ?? '');
    expect(sources.every((source) => source.startsWith('/docs/'))).toBe(true);
    for (const source of sources) expect((await fetch(api.url + source)).status).toBe(200);
  });

  it('serves the document as JSON and as YAML', async () => {
    const json = (await (await fetch(`${api.url}/docs/openapi.json`)).json()) as { openapi: string };
    expect(parse(await (await fetch(`${api.url}/docs/openapi.yaml`)).text())).toEqual(json);
    expect(json.openapi).toBe('3.1.0');
  });

  it('redirects / to the page', async () => {
    const response = await api.get('/');
    expect([response.status, response.headers.get('location')]).toEqual([302, '/docs']);
  });
});
