import express, { type NextFunction, type Request, type Response, Router } from 'express';
import { ZodError, z } from 'zod';
import type { Clock } from './clock.ts';
import { type Faults, faultSchema } from './faults.ts';
import { findPeople, type PeopleControl, peopleBodySchema, peopleQuerySchema } from './people.ts';
import type { RequestLog } from './request-log.ts';
import type { Settings } from './settings.ts';
import { type Webhooks, webhookControlSchema } from './webhooks.ts';
import { withoutUndefined } from './without-undefined.ts';

/** The vendor's records, for `GET` and `POST /_sandbox/records`. */
export interface RecordsControl<Changed = unknown> {
  /** All records in the vendor's own form. `query` holds the raw query parameters. */
  list(query: Record<string, unknown>): unknown;
  /** Creates or changes records as a person does in the vendor's own pages. Throws a ZodError for an invalid body. */
  change(body: unknown): Changed;
}

interface Control {
  id: string;
  clock: Clock;
  log: RequestLog;
  faults: Faults;
  webhooks: Webhooks;
  /** The first account, or a further one by its name. Throws a 404 for an unknown name. */
  account(name?: string): { settings: Settings<object>; parts: { records: RecordsControl; people: PeopleControl } };
  info(account?: string): Record<string, unknown>;
  reset(): void;
}

const logQuerySchema = z.object({ after: z.coerce.number().default(0), limit: z.coerce.number().int().min(1).default(10_000) });
const accountQuerySchema = z.object({ account: z.string().optional() });
const clockSchema = z.strictObject({ advanceMs: z.number().min(0) });

/** The routes under `/_sandbox`, for tests, benchmarks and people. They are the same for every vendor: see docs/sandboxes.md. */
export function controlRoutes({ id, clock, faults, log, account, webhooks, info, reset }: Control): Router {
  const router = Router();
  router.use(express.json({ type: () => true, limit: '256mb' }));

  // `?account=` names a further account.
  const nameOf = ({ query }: Request) => accountQuerySchema.parse(query).account;
  const accountOf = (request: Request) => account(nameOf(request));

  router.get('/', (request, response) => {
    response.json({ sandbox: id, now: clock.isoNow(), ...info(nameOf(request)) });
  });
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

  router.get('/records', (request, response) => {
    const { account: _, ...query } = request.query;
    response.json(accountOf(request).parts.records.list(query));
  });
  router.post('/records', (request, response) => {
    response.json(accountOf(request).parts.records.change(request.body));
  });

  router.get('/people', (request, response) => {
    response.json({ people: findPeople(accountOf(request).parts.people, peopleQuerySchema.parse(request.query)) });
  });
  router.post('/people', (request, response) => {
    const { people: edits, lists, webhooks } = peopleBodySchema.parse(request.body);
    const { people } = accountOf(request).parts;
    if (lists.length > 0) people.createLists?.(lists);
    response.json({ ids: people.save(edits, { webhooks }) });
  });

  router.get('/settings', (request, response) => {
    response.json({ settings: accountOf(request).settings.current, info: info(nameOf(request)) });
  });
  router.patch('/settings', (request, response) => {
    response.json({ settings: accountOf(request).settings.patch(request.body), info: info(nameOf(request)) });
  });

  router.get('/clock', (_, response) => void response.json({ now: clock.isoNow() }));
  router.post('/clock', (request, response) => {
    clock.advance(clockSchema.parse(request.body).advanceMs);
    response.json({ now: clock.isoNow() });
  });

  router.post('/reset', (_, response) => {
    reset();
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

function refuse(error: Error & { status?: number }, _: Request, response: Response, next: NextFunction): void {
  if (error instanceof ZodError) response.status(400).json({ error: z.prettifyError(error) });
  else if (error.status !== undefined && error.status < 500) response.status(error.status).json({ error: error.message });
  else next(error);
}
