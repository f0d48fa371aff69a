import { DiagLogLevel, diag, ROOT_CONTEXT, type SpanContext, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import type { Tracing } from './tracing.ts';

const kinds = {
  server: SpanKind.SERVER,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
};

/** Records steps as spans and sends them by OTLP over HTTP, in batches. A collector that does not answer delays no change. */
export async function openOtlpTracing(service: string, log: Pick<Logger, 'warn'>, env: NodeJS.ProcessEnv): Promise<Tracing> {
  reportProblems(log);
  const exporter = await openExporter(env);
  const { OTEL_BSP_SCHEDULE_DELAY: delay } = env;
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': service }))
      .merge(detectResources({ detectors: [envDetector] })),
    sampler: toSampler(env),
    spanProcessors: [new BatchSpanProcessor({ exporter, ...(delay && { scheduledDelayMillis: Number(delay) }) })],
  });
  const tracer = provider.getTracer('accord');
  return {
    begin({ name, kind, attributes = {} }, parent) {
      const context = parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, toSpanContext(parent));
      const span = tracer.startSpan(name, { kind: kinds[kind], attributes }, context);
      return {
        traceparent: toTraceparent(span.spanContext()),
        end({ isFailed = false, name: renamed, attributes: further = {} } = {}) {
          if (renamed !== undefined) span.updateName(renamed);
          span.setAttributes(further);
          if (isFailed) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end();
        },
      };
    },
    close: () => provider.shutdown().catch((err) => log.warn({ err }, 'The last traces could not be sent')),
  };
}

const reportEveryMs = 60_000;

/** The exporter meets its problems in the background, each time that it sends. */
function reportProblems(log: Pick<Logger, 'warn'>): void {
  let reportedAt = Number.NEGATIVE_INFINITY;
  const report = (problem: string) => {
    if (Date.now() - reportedAt < reportEveryMs) return;
    reportedAt = Date.now();
    log.warn({ problem }, 'Traces cannot be sent: check OTEL_EXPORTER_OTLP_ENDPOINT');
  };
  const nothing = () => {};
  diag.setLogger({ error: report, warn: report, info: nothing, debug: nothing, verbose: nothing }, DiagLogLevel.WARN);
}

async function openExporter({
  OTEL_EXPORTER_OTLP_PROTOCOL: ofAll = '',
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: ofTraces = '',
}: NodeJS.ProcessEnv): Promise<SpanExporter> {
  const protocol = ofTraces || ofAll || 'http/protobuf';
  switch (protocol) {
    case 'http/protobuf':
      return new (await import('@opentelemetry/exporter-trace-otlp-proto')).OTLPTraceExporter();
    case 'http/json':
      return new (await import('@opentelemetry/exporter-trace-otlp-http')).OTLPTraceExporter();
    default:
      throw new Error(`OTEL_EXPORTER_OTLP_PROTOCOL is ${protocol}: set http/protobuf or http/json.`);
  }
}

/** The standard values of OTEL_TRACES_SAMPLER. The rest of a trace follows the decision of its first step. */
function toSampler({ OTEL_TRACES_SAMPLER: name = '', OTEL_TRACES_SAMPLER_ARG: ratio = '' }: NodeJS.ProcessEnv): Sampler {
  const root = name.endsWith('always_off')
    ? new AlwaysOffSampler()
    : name.endsWith('traceidratio')
      ? new TraceIdRatioBasedSampler(ratio === '' ? 1 : Number(ratio))
      : new AlwaysOnSampler();
  return name === '' || name.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root;
}

const isSampled = 1;

function toSpanContext(traceparent: string): SpanContext {
  const [, traceId = '', spanId = '', flags = '00'] = traceparent.split('-');
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & isSampled, isRemote: true };
}

function toTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-0${traceFlags & isSampled}`;
}
