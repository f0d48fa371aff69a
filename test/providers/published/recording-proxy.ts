import { createServer, request as forward, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that passed, with its answer. Bodies are text as they were sent. */
export interface Exchange {
  method: string;
  /** Path and query. */
  target: string;
  headers: IncomingHttpHeaders;
  body: string;
  status: number;
  answer: string;
}

/** Stands between a provider's client and a sandbox, passes everything on and keeps it. */
export async function startRecordingProxy(sandboxUrl: string) {
  const exchanges: Exchange[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const { method = '', url: target = '', headers } = incoming;
    const body = await readAll(incoming);
    const onward = forward(new URL(target, sandboxUrl), { method, headers }, async (answered) => {
      const answer = await readAll(answered);
      const status = answered.statusCode ?? 0;
      exchanges.push({ method, target, headers, body: body.toString('utf8'), status, answer: answer.toString('utf8') });
      outgoing.writeHead(status, answered.headers).end(answer);
    });
    onward.on('error', () => outgoing.destroy());
    onward.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exchanges,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
