import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import type { ZodType } from 'zod';
import { createAccounts } from './accounts.ts';
import { type Clock, createClock } from './clock.ts';
import { controlRoutes, type RecordsControl } from './control.ts';
import { createDeliveries, type RetryRule } from './deliveries.ts';
import { createFaults } from './faults.ts';
import { listen } from './listen.ts';
import type { PeopleControl } from './people.ts';
import { createRequestLog, type LoggedRequest } from './request-log.ts';
import { createSettings, type Settings } from './settings.ts';
import { openStore, type Store, storeOfAccount } from './store.ts';
import { createWebhooks, type Webhooks } from './webhooks.ts';

/** The part of a vendor's sandbox that the frame serves. */
export interface SandboxDefinition<S extends object> {
  id: string;
  /** The vendor's name. */
  title: string;
  /** A strict zod object in which every setting has a default. */
  settings: ZodType<S>;
  /**
   * Settings of a further account, laid over the others: the ids and tokens that tell it apart. Absent where the sandbox holds one account.
   */
  furtherAccount?(name: string): Partial<S>;
  /** When the vendor retries a failed webhook. */
  retryRule(settings: S): RetryRule;
  /** Runs at the start and after each reset, when every collection is empty. Make caches and indexes in here. */
  build(context: SandboxContext<S>): SandboxParts;
}

export interface SandboxContext<S> {
  store: Store;
  clock: Clock;
  webhooks: Webhooks;
  settings: Settings<S>;
}

export interface SandboxParts {
  /** The vendor's routes. `request.body` is the raw Buffer, undefined where there is no body. */
  routes: RequestHandler;
  records: RecordsControl;
  people: PeopleControl;
  /** Whether a token, refresh token or authorization code is of this account. Absent where the sandbox holds one account. */
  knows?(credential: string): boolean;
  /** Facts that a client of the sandbox needs: tokens, public keys. `url` where the base URL of the API is not the root URL. */
  info(root: string): Record<string, unknown>;
}

export interface SandboxOptions<S> {
  /** Any free port when absent or 0. */
  port?: number;
  host?: string;
  /** Keeps state across restarts; state lives in memory when absent. */
  dataDirectory?: string;
  webhookTargets?: string[];
  settings?: Partial<S>;
  /** Names of further accounts. Each has records, settings and tokens of its own; the token of a request chooses the account. */
  accounts?: readonly string[];
}

export interface RunningSandbox<S> {
  id: string;
  /** `http://host:port` */
  url: string;
  /** `<url>/_sandbox` */
  controlUrl: string;
  port: number;
  settings: Settings<S>;
  clock: Clock;
  webhooks: Webhooks;
  /** The base URL of the API and the vendor's facts. `account` names a further account. */
  info(account?: string): Record<string, unknown>;
  /** The logged requests after a sequence number, oldest first. */
  requests(after?: number): LoggedRequest[];
  close(): Promise<void>;
}

/** Starts one sandbox. Rejects with one sentence when the port is taken or a setting is wrong. */
export async function startSandbox<S extends object>(
  definition: SandboxDefinition<S>,
  options: SandboxOptions<S> = {},
): Promise<RunningSandbox<S>> {
  const { id } = definition;
  const store = openStore(options.dataDirectory);
  const clock = durableClock(store);
  const retryRule: RetryRule = (failed) => definition.retryRule(accounts.get().settings.current)(failed);
  const deliveries = createDeliveries({ clock, store, retryRule });
  const webhooks = createWebhooks({ clock, deliveries, targets: options.webhookTargets ?? [] });
  const log = createRequestLog({ clock });
  const faults = createFaults();
  const accounts = createAccounts(options.accounts ?? [], (name) => {
    const own = name === null ? {} : getFurther(definition, name);
    const settings = createSettings(definition.settings, { ...options.settings, ...own });
    const part = name === null ? store : storeOfAccount(store, name);
    return { settings, build: () => definition.build({ store: part, clock, webhooks, settings }) };
  });
  let root = '';

  function reset(): void {
    store.clear();
    clock.reset();
    webhooks.reset();
    faults.clear();
    log.clear();
    accounts.reset();
  }

  const info = (account?: string) => ({ url: root, ...accounts.get(account).parts.info(root) });
  const app = express().disable('x-powered-by').set('etag', false).set('query parser', 'simple');
  app.use('/_sandbox', controlRoutes({ id, clock, log, faults, webhooks, reset, info, account: accounts.get }));
  // The body is read before a fault applies: a delayed request is carried out even if its client has left.
  app.use(log.record, express.raw({ type: () => true, limit: '10mb' }), accounts.choose, faults.apply);
  app.use((request, response, next) => accounts.get(response.locals.account).parts.routes(request, response, next));
  app.use(reportBug);

  const at = { id, host: options.host ?? '127.0.0.1', port: options.port ?? 0 };
  const { url, port, close } = await listen(app, at).catch((error: unknown) => {
    store.close();
    throw error;
  });
  root = url;
  return {
    ...{ id, url, controlUrl: `${url}/_sandbox`, port, settings: accounts.get().settings, clock, webhooks, info },
    requests: (after = 0) => log.list({ after, limit: Number.POSITIVE_INFINITY }).requests,
    async close() {
      await close();
      await deliveries.close();
      store.close();
    },
  };
}

function getFurther<S extends object>({ furtherAccount, title }: SandboxDefinition<S>, name: string): Partial<S> {
  if (!furtherAccount) throw new Error(`The ${title} sandbox holds one account.`);
  return furtherAccount(name);
}

function durableClock(store: Store): Clock {
  const kept = store.collection<number>('clock');
  return createClock({ offsetMs: kept.get('offsetMs') ?? 0, onAdvance: (offsetMs) => kept.put('offsetMs', offsetMs) });
}

/** The vendor's routes answer the vendor's errors themselves. An error that arrives here is a bug of the sandbox. */
function reportBug(error: Error & { status?: number }, _: Request, response: Response, next: NextFunction): void {
  if (error.status === undefined) console.error(error);
  if (response.headersSent) next(error);
  else response.status(error.status ?? 500).json({ sandboxError: error.message });
}
