import { setTimeout as wait } from 'node:timers/promises';
import type { NextFunction, Request, Response } from 'express';
import { z } from 'zod';

/** A fault in the answer to a request. All keys that are set apply: a latency and a status make a late error. */
export const faultSchema = z.strictObject({
  /** Any method when absent. */
  method: z
    .string()
    .transform((method) => method.toUpperCase())
    .optional(),
  /** Path without query. `*` matches one segment or a part of it, `**` matches anything. */
  path: z.string().default('**'),
  /** Only requests to this further account; any account when absent. */
  account: z.string().optional(),
  /** Real milliseconds before the request is handled. */
  latencyMs: z.number().min(0).optional(),
  /** Real milliseconds between the headers of the answer and its body. */
  bodyLatencyMs: z.number().min(0).optional(),
  /** Replaces the vendor's status. */
  status: z.number().int().min(200).max(599).optional(),
  headers: z.record(z.string(), z.string()).default({}),
  /** A text is sent unchanged, any other value as JSON. */
  body: z.unknown().optional(),
  /** Replaces fields of one record, or of all without an id, wherever an answer contains it: a value of a type that no client expects. */
  record: z.strictObject({ id: z.union([z.string(), z.number()]).optional(), set: z.record(z.string(), z.unknown()) }).optional(),
  /** Handles the request first, so that a write lands, and replaces only the answer. */
  afterWrite: z.boolean().default(false),
  /** Never answers and keeps the connection open. With `afterWrite` the write lands. */
  hang: z.boolean().default(false),
  /** Closes the connection before the request is handled: no write lands. */
  dropRequest: z.boolean().default(false),
  /** Closes the connection without an answer after the write has landed. */
  dropResponse: z.boolean().default(false),
  /** The number of requests that it affects; all of them until it is deleted when absent. */
  times: z.number().int().min(1).optional(),
});

export type Fault = z.output<typeof faultSchema> & {
  id: number;
  /** The number of requests affected so far. */
  touched: number;
};

export interface Faults {
  add(fault: z.output<typeof faultSchema>): Fault;
  list(): Fault[];
  remove(id: number): boolean;
  clear(): void;
  /** Express middleware that applies the first fault whose method and path match. */
  apply(request: Request, response: Response, next: NextFunction): Promise<void>;
}

/** The faults of one sandbox, oldest first. */
export function createFaults(): Faults {
  let faults: (Fault & { pattern: RegExp })[] = [];
  let lastId = 0;

  function take({ method, path }: Request, account: string | undefined): Fault | undefined {
    const fault = faults.find(
      (each) =>
        (!each.method || each.method === method) &&
        each.pattern.test(path) &&
        (each.account === undefined || each.account === account),
    );
    if (!fault) return undefined;
    fault.touched += 1;
    if (fault.touched === fault.times) faults = faults.filter((each) => each !== fault);
    return fault;
  }

  return {
    add(input) {
      lastId += 1;
      const fault = { ...input, id: lastId, touched: 0 };
      faults.push({ ...fault, pattern: toPattern(input.path) });
      return fault;
    },
    list: () => faults.map(({ pattern: _, ...fault }) => fault),
    remove(id) {
      const before = faults.length;
      faults = faults.filter((fault) => fault.id !== id);
      return faults.length < before;
    },
    clear() {
      faults = [];
    },
    async apply(request, response, next) {
      const fault = faults.length > 0 ? take(request, response.locals.account) : undefined;
      if (!fault) return next();
      response.locals.fault = fault.id;
      if (fault.latencyMs) await wait(fault.latencyMs);
      if (fault.dropRequest) return void request.socket.destroy();
      if (fault.record) replaceRecord(response, fault.record);
      if (fault.bodyLatencyMs) delayBody(response, fault.bodyLatencyMs);
      if (fault.dropResponse || fault.afterWrite) replaceAnswer(request, response, fault);
      else if (fault.hang) return;
      else if (fault.status !== undefined) return answer(response, fault);
      next();
    },
  };
}

function replaceAnswer(request: Request, response: Response, fault: Fault): void {
  interceptEnd(response, (end) => {
    if (fault.dropResponse) request.socket.destroy();
    else if (fault.hang) return;
    else if (fault.status !== undefined) answer(response, fault);
    else end();
  });
}

function replaceRecord(response: Response, { id, set }: NonNullable<Fault['record']>): void {
  const { send } = response;
  const idOf = (value: object) => ('id' in value ? value.id : 'resourceName' in value ? value.resourceName : undefined);
  const isRecord = (value: object) => idOf(value) !== undefined && (id === undefined || String(idOf(value)) === String(id));
  // `response.json` sends a text, too.
  response.send = (body: unknown) => {
    if (typeof body !== 'string' || !/^\s*[[{]/.test(body)) return send.call(response, body);
    const changed: unknown = JSON.parse(body, (_, value) =>
      typeof value === 'object' && value !== null && isRecord(value) ? { ...value, ...set } : value,
    );
    return send.call(response, JSON.stringify(changed));
  };
}

function delayBody(response: Response, milliseconds: number): void {
  interceptEnd(response, (end) => {
    response.flushHeaders();
    setTimeout(end, milliseconds).unref();
  });
}

/** Every way to answer in Express calls `response.end` once, before it sends anything: the headers can still change. */
function interceptEnd(response: Response, intercept: (end: () => void) => void): void {
  const { end } = response;
  const intercepted = (...args: Parameters<typeof end>) => {
    response.end = end;
    intercept(() => end.apply(response, args));
    return response;
  };
  // `end` is overloaded, and `Parameters` knows one signature only.
  response.end = intercepted as typeof end;
}

function answer(response: Response, fault: Fault): void {
  for (const name of ['content-length', 'content-type', 'etag']) response.removeHeader(name);
  response.status(fault.status ?? 500).set(fault.headers);
  if (fault.body === undefined) response.end();
  else if (typeof fault.body === 'string') response.send(fault.body);
  else response.json(fault.body);
}

function toPattern(path: string): RegExp {
  const source = path.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*\*|\*/g, (star) => (star === '**' ? '.*' : '[^/]*'));
  return new RegExp(`^${source}$`);
}
