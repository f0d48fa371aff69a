import { randomInt } from 'node:crypto';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Edge {
  url: string;
  /** The addresses of the api containers that there are now. The process of one may have ended. */
  apis: string[];
  close(): Promise<void>;
}

/** Where each api listens in its container. */
export const apiPort = 8080;

/** An address of this machine that only one process uses, as a container has one. */
export const loopbackAddress = () => `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`;

/**
 * What matters to Accord of `deploy/Caddyfile`, where Caddy is not installed: passes each request to one of the api processes, tries another
 * one when one does not answer, and answers 429 to GoHighLevel and 503 to everybody else while none does.
 */
export async function startSimpleEdge(): Promise<Edge> {
  const edge: Edge = { url: '', apis: [], close };
  let turn = 0;
  const server = createServer(async (incoming, response) => {
    const body = await read(incoming);
    turn += 1;
    const hosts = edge.apis.map((_, index) => edge.apis[(turn + index) % edge.apis.length] as string);
    for (const host of hosts) if (await pass(incoming, body, host, response)) return;
    response.writeHead(/\/webhooks?\/ghl(-workflow)?(\/|$)/.test(incoming.url ?? '') ? 429 : 503, { 'retry-after': '1' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  edge.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return edge;

  async function close(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
}

async function read(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Resolves to false when the api did not answer. */
function pass({ method, url, headers }: IncomingMessage, body: Buffer, host: string, response: ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    const outgoing = request({
      host,
      port: apiPort,
      method,
      path: url,
      headers: { ...headers, 'x-forwarded-for': '127.0.0.1' },
    });
    outgoing.once('error', () => resolve(false));
    outgoing.once('response', async (answer) => {
      // Read to its end first: a process that dies while it answers has not answered.
      const text = await read(answer).catch(() => null);
      if (text === null) {
        resolve(false);
        return;
      }
      response.writeHead(answer.statusCode ?? 502, { 'content-type': answer.headers['content-type'] ?? 'text/plain' }).end(text);
      resolve(true);
    });
    outgoing.end(body);
  });
}
