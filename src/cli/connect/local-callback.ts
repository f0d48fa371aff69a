import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LocalCallback {
  redirectUri: string;
  /** The parameters that the vendor's page sends back. */
  parameters: Promise<Record<string, string>>;
  close(): void;
}

/** Waits on a free port of 127.0.0.1 for the browser, as RFC 8252 describes it for apps without a server. */
export async function openLocalCallback(): Promise<LocalCallback> {
  const { promise: parameters, resolve } = Promise.withResolvers<Record<string, string>>();
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (pathname !== path) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'text/plain', 'referrer-policy': 'no-referrer', connection: 'close' });
    response.end('Accord goes on in the terminal. You can close this window.\n');
    resolve(Object.fromEntries(searchParams));
  });
  const { promise: listening, resolve: ready, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(0, '127.0.0.1', ready);
  await listening;
  // A server on a TCP port has this kind of address.
  const { port } = server.address() as AddressInfo;
  return { redirectUri: `http://127.0.0.1:${port}${path}`, parameters, close: () => void server.close() };
}

const path = '/callback';
