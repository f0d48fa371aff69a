import { Runtime, type RuntimeOptions } from '@temporalio/worker';
import { freePort } from '#free-port.ts';

/** Reads the metrics of Temporal's core, in Prometheus' text format. */
export type ReadCoreMetrics = () => Promise<string>;

/** The core does not say which port it got, so that a free one is found for it. Another process may take that one in between. */
const maxAttempts = 3;
const host = '127.0.0.1';

/** Installs Temporal's runtime, whose core then serves its metrics on a port of its own, to this machine only. */
export async function installWithMetrics({ telemetryOptions, ...options }: RuntimeOptions): Promise<ReadCoreMetrics> {
  for (let attempt = 1; ; attempt += 1) {
    const bindAddress = `${host}:${await freePort()}`;
    const prometheus = { bindAddress, countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true };
    try {
      Runtime.install({
        ...options,
        telemetryOptions: { ...telemetryOptions, metrics: { attachServiceName: false, prometheus } },
      });
      return () => readText(`http://${bindAddress}/metrics`);
    } catch (error) {
      if (attempt === maxAttempts) throw error;
    }
  }
}

async function readText(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  return response.text();
}
