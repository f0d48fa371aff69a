import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { control } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { type Receiver, startReceiver } from '#test/setup/receiver.ts';
import { createDetector, type KnownPerson } from './find-personal-data.ts';
import { startObservedRun } from './observed-run.ts';

interface Attribute {
  key: string;
  value: { stringValue?: string; intValue?: number };
}

/** A span as OTLP's JSON has it. */
interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  attributes: Attribute[];
  status: { code?: number };
}

interface Export {
  resourceSpans: { resource: { attributes: Attribute[] }; scopeSpans: { spans: Span[] }[] }[];
}

/** The spans that a collector has received, with the service of each. */
function spansIn({ received }: Receiver): (Span & { service: string | undefined })[] {
  const exports = received.map(({ body }) => JSON.parse(body.toString()) as Export);
  return exports
    .flatMap(({ resourceSpans }) => resourceSpans)
    .flatMap(({ resource, scopeSpans }) => {
      const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue;
      return scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ ...span, service })));
    });
}

const attributeOf = (span: Span | undefined, name: string) => span?.attributes.find(({ key }) => key === name)?.value;

const zelda: KnownPerson = {
  names: ['Zelda', 'Crumpetworth'],
  emails: ['zelda.crumpetworth@example.com'],
  phones: ['+15125558111'],
  texts: [],
};

describe('with a collector', () => {
  let collector: Receiver;
  let run: Awaited<ReturnType<typeof startObservedRun>>;
  beforeAll(async () => {
    collector = await startReceiver(200);
    run = await startObservedRun({
      OTEL_EXPORTER_OTLP_ENDPOINT: new URL(collector.url).origin,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '200',
    });
    const quoted = JSON.stringify({ message: `${zelda.emails[0]} is not valid` });
    await control(run.sandboxes.gohighlevel, 'POST', 'faults', { path: '/**', status: 422, body: quoted });
    const [givenName, familyName] = zelda.names;
    const person = { givenName, familyName, email: zelda.emails[0], phone: zelda.phones[0] };
    await control(run.sandboxes.square, 'POST', 'people', { people: [person] });
    await eventually(() => {
      const names = spansIn(collector).map(({ name }) => name);
      const ofApi = ['POST /webhooks/square', 'signal syncContact'];
      const ofWorker = ['google: create contact', 'gohighlevel: find duplicate', 'pushRecord'];
      expect(names).toEqual(expect.arrayContaining([...ofApi, ...ofWorker]));
    }, 60_000);
  }, 120_000);
  afterAll(async () => {
    await run.close();
    await collector.close();
  });

  /** From the first step of the trace to this one. */
  function pathTo(name: string): string[] {
    const spans = spansIn(collector);
    const path: (typeof spans)[number][] = [];
    for (
      let span = spans.find((each) => each.name === name);
      span;
      span = spans.find(({ spanId }) => spanId === path[0]?.parentSpanId)
    )
      path.unshift(span);
    expect(new Set(path.map(({ traceId }) => traceId)).size).toBe(1);
    return path.map((span) => `${span.service} ${span.name}`);
  }

  it.each(['square: read contact', 'google: create contact'])(
    'leads in one trace from the webhook through the workflow and its activity to %s',
    (request) => {
      expect(pathTo(request)).toEqual([
        'accord-api POST /webhooks/square',
        'accord-api signal syncContact',
        expect.stringMatching(/^accord-worker (observe|push)Record$/),
        `accord-worker ${request}`,
      ]);
    },
  );

  it('has a push that a lane makes again in the same trace', () => {
    expect(pathTo('pushRecord').slice(0, 2)).toEqual(['accord-api POST /webhooks/square', 'accord-api signal syncContact']);
  });

  it('has both requests in the same trace, whose id the log lines have', () => {
    const traceIds = new Set(
      spansIn(collector)
        .filter(({ name }) => ['square: read contact', 'google: create contact'].includes(name))
        .map(({ traceId }) => traceId),
    );
    expect(traceIds.size).toBe(1);
    const [traceId] = traceIds;
    for (const lines of [run.lines.api, run.lines.worker]) expect(lines.join('\n')).toContain(`"traceId":"${traceId}"`);
  });

  it('names the workflow and the attempt of an activity, and marks what failed by its class and status', () => {
    const spans = spansIn(collector);
    const signal = spans.find(({ name }) => name === 'signal syncContact');
    const activity = spans.find(({ name }) => name === 'observeRecord');
    expect(attributeOf(activity, 'temporal.workflow.id')).toEqual(attributeOf(signal, 'temporal.workflow.id'));
    expect(attributeOf(activity, 'temporal.activity.attempt')).toEqual({ intValue: 1 });
    const refused = spans.find(({ name, status }) => name.startsWith('gohighlevel: ') && status.code === 2);
    expect(attributeOf(refused, 'http.response.status_code')).toEqual({ intValue: 422 });
    const failed = spans.find(({ name, status }) => name === 'pushRecord' && status.code === 2);
    expect(attributeOf(failed, 'error.type')).toEqual({ stringValue: 'InvalidRequestError' });
  });

  it('has nothing of a person, and no id of a vendor’s record', async () => {
    const sent = JSON.stringify(spansIn(collector));
    expect(createDetector([zelda])(sent)).toEqual([]);
    const links = await run.db.selectFrom('link').select('external_id').execute();
    const ids = links.flatMap(({ external_id: id }) => (id === null ? [] : [id]));
    expect(ids.length).toBeGreaterThan(1);
    expect(ids.filter((id) => sent.includes(id))).toEqual([]);
  });
});

/** Starts tracing in a process of its own. Prints the modules that this loaded. */
async function modulesLoadedWith(env: Record<string, string>): Promise<string[]> {
  const script = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
    const { startTracing } = await import('#tracing/start-tracing.ts');
    const tracing = await startTracing('test', { info() {}, warn: console.error });
    const step = tracing.begin({ name: 'first', kind: 'server' }, null);
    tracing.begin({ name: 'second', kind: 'client' }, step.traceparent).end();
    step.end();
    await tracing.close();
    console.log(JSON.stringify(loaded));`;
  const { stdout } = await runScript(script, env);
  return JSON.parse(stdout);
}

const runScript = (script: string, env: Record<string, string>) =>
  promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
  });

it.each([
  ['no variable', {}],
  ['OTEL_SDK_DISABLED', { OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }],
  ['OTEL_TRACES_EXPORTER=none', { OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }],
])('loads no module of OpenTelemetry with %s', async (_, env) => {
  const loaded = await modulesLoadedWith(env);
  expect(loaded.filter((url) => url.includes('/src/tracing/')).length).toBeGreaterThan(0);
  expect(loaded.filter((url) => url.includes('opentelemetry'))).toEqual([]);
});

it('sends protobuf to the collector unless told otherwise, as a service with the name and attributes of the environment', async () => {
  const collector = await startReceiver(200);
  const loaded = await modulesLoadedWith({
    OTEL_EXPORTER_OTLP_ENDPOINT: new URL(collector.url).origin,
    OTEL_SERVICE_NAME: 'front-desk',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=staging',
  });
  expect(loaded.some((url) => url.includes('@opentelemetry/sdk-trace'))).toBe(true);
  expect(collector.received.map(({ headers }) => headers['content-type'])).toEqual(['application/x-protobuf']);
  const body = String(collector.received[0]?.body);
  for (const text of ['front-desk', 'staging', 'first', 'second']) expect(body).toContain(text);
  await collector.close();
});

it('sends nothing of a trace that the sampler leaves out', async () => {
  const collector = await startReceiver(200);
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: new URL(collector.url).origin, OTEL_TRACES_SAMPLER: 'parentbased_always_off' };
  await modulesLoadedWith(env);
  expect(collector.received).toEqual([]);
  await collector.close();
});

it('says that the collector does not answer, not more than once a minute, and ends all the same', async () => {
  const script = `
    const { startTracing } = await import('#tracing/start-tracing.ts');
    const lines = [];
    const tracing = await startTracing('test', { info() {}, warn: (_, text) => lines.push(text) });
    for (let count = 0; count < 10; count += 1) {
      tracing.begin({ name: 'step', kind: 'server' }, null).end();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await tracing.close();
    console.log(JSON.stringify(lines));`;
  const { stdout } = await runScript(script, {
    ...{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_EXPORTER_OTLP_TIMEOUT: '100', OTEL_BSP_SCHEDULE_DELAY: '10' },
  });
  const said = (JSON.parse(stdout) as string[]).filter((text) => text.startsWith('Traces cannot be sent'));
  expect(said).toEqual(['Traces cannot be sent: check OTEL_EXPORTER_OTLP_ENDPOINT']);
});
