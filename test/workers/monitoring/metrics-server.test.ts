import { afterEach, expect, it } from '@jest/globals';
import { Gauge, Registry } from 'prom-client';
import { type MetricsServer, serveMetrics } from '#workers/monitoring/metrics-server.ts';

const anyPort = { host: '127.0.0.1', port: 0 };
const registry = new Registry();
new Gauge({ name: 'accord_test', help: 'Of this test', registers: [registry] }).set(1);

let server: MetricsServer;
afterEach(() => server.close());

const textOf = async (url: string) => (await fetch(url)).text();

it('shows the metrics of the core after its own, and nothing at other paths', async () => {
  server = await serveMetrics(anyPort, { registry, readCore: async () => 'temporal_test 2\n' });
  expect(await textOf(server.url)).toMatch(/^# HELP accord_test Of this test\n.*\naccord_test 1\n+temporal_test 2\n$/);
  expect((await fetch(new URL('/', server.url))).status).toBe(404);
});

it('shows its own while the core does not answer', async () => {
  server = await serveMetrics(anyPort, { registry, readCore: () => Promise.reject(new Error('no answer')) });
  expect(await textOf(server.url)).toContain('accord_test 1\n');
});

it('names the variable when the address is taken', async () => {
  server = await serveMetrics(anyPort, { registry, readCore: async () => '' });
  const { hostname: host, port } = new URL(server.url);
  await expect(serveMetrics({ host, port: Number(port) }, { registry, readCore: async () => '' })).rejects.toThrow(
    `The worker cannot serve its metrics (listen EADDRINUSE: address already in use ${host}:${port}): set another WORKER_METRICS_ADDRESS.`,
  );
});
