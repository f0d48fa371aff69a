import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import type { ZodType } from 'zod';
import { type Clock, createClock } from './clock.ts';
import { controlRoutes, type RecordsControl } from './control.ts';
import { createDeliveries, type RetryRule } from './deliveries.ts';
import { createFaults } from './faults.ts';
import { listen } from './listen.ts';
import { createRequestLog, type LoggedRequest } from './request-log.ts';
import { createSettings, type Settings } from './settings.ts';
import { openStore, type Store } from './store.ts';
import { createWebhooks, type Webhooks } from './webhooks.ts';

/** What a vendor's sandbox adds to the frame. */
export interface SandboxDefinition<S extends object> {
  name: string;
  /** A strict zod object in which every knob has a default. */
  settings: ZodType<S>;
  /** When the vendor sends a failed webhook again. */
  retryRule(settings: S): RetryRule;
  /** Called at the start and again after a reset, when every collection is empty: whatever is cached belongs in here. */
  build(context: SandboxContext<S>): SandboxParts;
}

export interface SandboxContext<S> {
  store: Store;
  clock: Clock;
  webhooks: Webhooks;
  settings: Settings<S>;
}

export interface SandboxParts {
  /** The vendor's routes; `request.body` is the raw Buffer, or undefined where there is no body. */
  routes: RequestHandler;
  records: RecordsControl;
  /** What a service must be configured with (tokens, public keys); shown by the control routes. */
  info(): Record<string, unknown>;
}

export interface SandboxOptions<S> {
  /** 0 or absent: any free port. */
  port?: number;
  host?: string;
  /** State survives the process when given; else it lives in memory. */
  dataDirectory?: string;
  webhookTargets?: string[];
  settings?: Partial<S>;
}

export interface RunningSandbox<S> {
  name: string;
  url: string;
  /** `<url>/_sandbox` */
  controlUrl: string;
  port: number;
  settings: Settings<S>;
  clock: Clock;
  webhooks: Webhooks;
  info(): Record<string, unknown>;
  requests(after?: number): LoggedRequest[];
  close(): Promise<void>;
}

/** Starts one vendor's look-alike. Rejects with one sentence when the port is taken or a setting is wrong. */
export async function startSandbox<S extends object>(
  definition: SandboxDefinition<S>,
  options: SandboxOptions<S> = {},
): Promise<RunningSandbox<S>> {
  const settings = createSettings(definition.settings, options.settings);
  const store = openStore(options.dataDirectory);
  const clock = durableClock(store);
  const retryRule: RetryRule = (failed) => definition.retryRule(settings.current)(failed);
  const deliveries = createDeliveries({ clock, store, retryRule });
  const webhooks = createWebhooks({ clock, deliveries, targets: options.webhookTargets ?? [] });
  const log = createRequestLog({ clock });
  const faults = createFaults();
  const build = () => definition.build({ store, clock, webhooks, settings });
  let parts = build();

  function reset(): void {
    store.clear();
    settings.reset();
    clock.reset();
    webhooks.reset();
    faults.clear();
    log.clear();
    parts = build();
  }

  const control = { clock, log, faults, webhooks, settings, reset, records: () => parts.records, info: () => parts.info() };
  const app = express().disable('x-powered-by').set('etag', false).set('query parser', 'simple');
  app.use('/_sandbox', controlRoutes({ name: definition.name, ...control }));
  // The body is read before anything goes wrong, so that a request which is held up is carried out even if its client has left.
  app.use(log.record, express.raw({ type: () => true, limit: '10mb' }), faults.apply);
  app.use((request, response, next) => parts.routes(request, response, next));
  app.use(reportBug);

  const at = { name: definition.name, host: options.host ?? '127.0.0.1', port: options.port ?? 0 };
  const { url, port, close } = await listen(app, at).catch((error: unknown) => {
    store.close();
    throw error;
  });
  return {
    ...{ name: definition.name, url, controlUrl: `${url}/_sandbox`, port, settings, clock, webhooks },
    info: () => parts.info(),
    requests: (after = 0) => log.list({ after, limit: Number.POSITIVE_INFINITY }).requests,
    async close() {
      await close();
      await deliveries.close();
      store.close();
    },
  };
}

function durableClock(store: Store): Clock {
  const kept = store.collection<number>('clock');
  return createClock({ offsetMs: kept.get('offsetMs') ?? 0, onAdvance: (offsetMs) => kept.put('offsetMs', offsetMs) });
}

/** Vendors' errors are answered by their own routes: what comes here is a defect of the sandbox, and says so. */
function reportBug(error: Error & { status?: number }, _: Request, response: Response, next: NextFunction): void {
  if (error.status === undefined) console.error(error);
  if (response.headersSent) next(error);
  else response.status(error.status ?? 500).json({ sandboxError: error.message });
}
