import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import express, { type Express } from 'express';
import { createAdminRouter } from '#api/admin/pages.ts';
import { routeByWorkspace } from '#api/workspaces/route-by-workspace.ts';

/** Tells which app a request has reached, and what it saw. */
function tell(name: string): Express {
  return express().use((req, res) => void res.json([name, req.path, req.baseUrl, req.originalUrl, req.query]));
}

const pages = mkdtempSync(join(tmpdir(), 'accord-pages-'));
writeFileSync(join(pages, 'index.html'), '<meta content="__BASE__"><script src="./assets/index.js"></script>');
const main = tell('default');
const acme = express().use(createAdminRouter(pages, '/w/acme')).use(tell('acme'));
const server = createServer(routeByWorkspace({ handle: main }, new Map([['acme', { handle: acme }]])));
const listening = new Promise<string>((resolve) => {
  server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
});
afterAll(() => {
  server.close();
  rmSync(pages, { recursive: true });
});

describe('a request', () => {
  it.each<[string, unknown[]]>([
    ['/', ['default', '/', '', '/', {}]],
    ['/api/v1/contacts?q=a', ['default', '/api/v1/contacts', '', '/api/v1/contacts?q=a', { q: 'a' }]],
    ['/w/acme', ['acme', '/', '/w/acme', '/w/acme', {}]],
    ['/w/acme?q=a', ['acme', '/', '/w/acme', '/w/acme?q=a', { q: 'a' }]],
    ['/w/acme/api/v1/contacts?q=a', ['acme', '/api/v1/contacts', '/w/acme', '/w/acme/api/v1/contacts?q=a', { q: 'a' }]],
    ['/w/acme/w/acme/x', ['acme', '/w/acme/x', '/w/acme', '/w/acme/w/acme/x', {}]],
    ['/w/acmes/x', ['default', '/w/acmes/x', '', '/w/acmes/x', {}]],
    ['/w/acme-2/x', ['default', '/w/acme-2/x', '', '/w/acme-2/x', {}]],
    ['/w/ACME/x', ['default', '/w/ACME/x', '', '/w/ACME/x', {}]],
    ['/w/%61cme/x', ['default', '/w/%61cme/x', '', '/w/%61cme/x', {}]],
    ['//w/acme/x', ['default', '//w/acme/x', '', '//w/acme/x', {}]],
  ])('to %s reaches its workspace', async (path, seen) => {
    expect(await (await fetch((await listening) + path)).json()).toEqual(seen);
  });
});

it('the admin pages of a workspace load from, and ask, its own path at every address', async () => {
  for (const path of ['/w/acme/admin', '/w/acme/admin/people/1?tab=history']) {
    const text = await (await fetch((await listening) + path)).text();
    expect(text).toBe('<meta content="/w/acme"><script src="/w/acme/admin/assets/index.js"></script>');
  }
});
