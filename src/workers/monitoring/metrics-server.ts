import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Registry } from 'prom-client';
import type { ReadCoreMetrics } from './core-metrics.ts';

export interface MetricsServer {
  url: string;
  close(): void;
}

/**
 * Serves the metrics of a worker and of Temporal's core together, without a key: the address decides who may read them. Rejects when the
 * address is taken.
 */
export async function serveMetrics(
  { host, port }: { host: string; port: number },
  { registry, readCore }: { registry: Registry; readCore: ReadCoreMetrics },
): Promise<MetricsServer> {
  const server = createServer(async (req, res) => {
    if (req.url !== '/metrics') return res.writeHead(404).end();
    // Without those of the core, the rest still tells what happens.
    const [own, core] = await Promise.all([registry.metrics(), readCore().catch(() => '')]);
    res.writeHead(200, { 'content-type': registry.contentType, 'cache-control': 'no-store' }).end(own + core);
  });
  server.listen(port, host);
  await once(server, 'listening').catch((error: Error) => {
    throw new Error(`The worker cannot serve its metrics (${error.message}): set another WORKER_METRICS_ADDRESS.`);
  });
  const address = server.address();
  const bound = address === null || typeof address === 'string' ? port : address.port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}/metrics`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
