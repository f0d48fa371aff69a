import express, { type NextFunction, type Request, type Response, Router } from 'express';
import { ZodError, z } from 'zod';
import type { Clock } from './clock.ts';
import { type Faults, faultSchema } from './faults.ts';
import type { RequestLog } from './request-log.ts';
import type { Settings } from './settings.ts';
import { type Webhooks, webhookControlSchema } from './webhooks.ts';

/** The vendor's records as the control routes see them. */
export interface RecordsControl {
  /** Everything that the sandbox holds, as it likes to show it; `query` are the raw query parameters. */
  list(query: Record<string, unknown>): unknown;
  /** Seeds or changes records as a person in the vendor's UI would. Throws a ZodError for what it cannot read. */
  change(body: unknown): unknown;
}

interface Parts {
  name: string;
  clock: Clock;
  log: RequestLog;
  faults: Faults;
  webhooks: Webhooks;
  settings: Settings<object>;
  records(): RecordsControl;
  info(): Record<string, unknown>;
  reset(): void;
}

const logQuerySchema = z.object({ after: z.coerce.number().default(0), limit: z.coerce.number().int().min(1).default(10_000) });
const clockSchema = z.strictObject({ advanceMs: z.number().min(0) });

/** `/_sandbox/*`: what tests, benchmarks and people hold on to. The same for every vendor; shapes in docs/sandboxes.md. */
export function controlRoutes(parts: Parts): Router {
  const { clock, faults, log, settings, webhooks } = parts;
  const router = Router();
  router.use(express.json({ type: () => true, limit: '256mb' }));

  router.get('/', (_, response) => void response.json({ sandbox: parts.name, now: clock.isoNow(), ...parts.info() }));
  router.get('/requests', (request, response) => void response.json(log.list(logQuerySchema.parse(request.query))));

  router.get('/faults', (_, response) => void response.json({ faults: faults.list() }));
  router.post('/faults', (request, response) => void response.status(201).json(faults.add(faultSchema.parse(request.body))));
  router.delete('/faults', (_, response) => {
    faults.clear();
    response.status(204).end();
  });
  router.delete('/faults/:id', (request, response) => {
    response.status(faults.remove(Number(request.params.id)) ? 204 : 404).end();
  });

  router.get('/webhooks', (_, response) => void response.json(showWebhooks(webhooks)));
  router.put('/webhooks', (request, response) => {
    webhooks.change(withoutUndefined(webhookControlSchema.partial().parse(request.body)));
    response.json(showWebhooks(webhooks));
  });

  router.get('/records', (request, response) => void response.json(parts.records().list(request.query)));
  router.post('/records', (request, response) => void response.json(parts.records().change(request.body)));

  router.get('/settings', (_, response) => void response.json({ settings: settings.current, info: parts.info() }));
  router.patch('/settings', (request, response) => {
    response.json({ settings: settings.patch(request.body), info: parts.info() });
  });

  router.get('/clock', (_, response) => void response.json({ now: clock.isoNow() }));
  router.post('/clock', (request, response) => {
    clock.advance(clockSchema.parse(request.body).advanceMs);
    response.json({ now: clock.isoNow() });
  });

  router.post('/reset', (_, response) => {
    parts.reset();
    response.status(204).end();
  });

  router.use((_, response) => void response.status(404).json({ error: 'No such control route; docs/sandboxes.md lists them.' }));
  router.use(refuse);
  return router;
}

function showWebhooks(webhooks: Webhooks) {
  return { ...webhooks.control(), pending: webhooks.pending().map(withoutBody), attempts: webhooks.attempts() };
}

function withoutBody({ id, event, url, attempts, dueAt }: ReturnType<Webhooks['pending']>[number]) {
  return { id, event, url, attempts, dueAt: new Date(dueAt).toISOString() };
}

function withoutUndefined<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as never;
}

function refuse(error: Error & { status?: number }, _: Request, response: Response, next: NextFunction): void {
  if (error instanceof ZodError) response.status(400).json({ error: z.prettifyError(error) });
  else if (error.status !== undefined && error.status < 500) response.status(error.status).json({ error: error.message });
  else next(error);
}
