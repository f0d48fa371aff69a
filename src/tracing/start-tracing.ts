import type { Logger } from 'pino';
import { type Tracing, untraced } from './tracing.ts';

/**
 * Traces go where the standard OTEL_* variables say. Without them nothing is recorded, and no module of OpenTelemetry is loaded.
 * `service` is the name of this process unless OTEL_SERVICE_NAME is set.
 */
export async function startTracing(service: string, log: Pick<Logger, 'info' | 'warn'>, env = process.env): Promise<Tracing> {
  if (!isOn(env)) return untraced;
  const { openOtlpTracing } = await import('./otlp-tracing.ts');
  const tracing = await openOtlpTracing(service, log, env);
  log.info({ service: env.OTEL_SERVICE_NAME ?? service }, 'Traces are sent by OTLP');
  return tracing;
}

function isOn({
  OTEL_SDK_DISABLED: isDisabled = '',
  OTEL_TRACES_EXPORTER: exporter = '',
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint = '',
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: ofTraces = '',
}: NodeJS.ProcessEnv): boolean {
  if (isDisabled.toLowerCase() === 'true' || exporter === 'none') return false;
  return endpoint !== '' || ofTraces !== '' || exporter === 'otlp';
}
