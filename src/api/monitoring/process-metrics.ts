import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';
import { readVersion } from '#api/version.ts';

/** Adds the metrics of the process (CPU, memory, event loop, files), and its version, once for each process. */
export function addProcessMetrics(registry: Registry, version = readVersion()): void {
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'accord_build_info',
    help: 'Always 1; the labels are the versions of Accord and Node',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version, node: process.version }, 1);
}
