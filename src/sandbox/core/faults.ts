import { setTimeout as wait } from 'node:timers/promises';
import type { NextFunction, Request, Response } from 'express';
import { z } from 'zod';

/** What can be made to go wrong. Everything that is set applies: a latency and a status make a late error. */
export const faultSchema = z.strictObject({
  /** Any method when absent. */
  method: z
    .string()
    .transform((method) => method.toUpperCase())
    .optional(),
  /** Path without query; `*` stands for one segment or part of it, `**` for anything. */
  path: z.string().default('**'),
  /** Real milliseconds before the request is handled. */
  latencyMs: z.number().min(0).optional(),
  /** Real milliseconds between the headers of the answer and its body. */
  bodyLatencyMs: z.number().min(0).optional(),
  /** Answered instead of the vendor's status. */
  status: z.number().int().min(200).max(599).optional(),
  headers: z.record(z.string(), z.string()).default({}),
  /** Text as it is, anything else as JSON. */
  body: z.unknown().optional(),
  /** The request is handled first, so that a write lands, and only its answer is replaced. */
  afterWrite: z.boolean().default(false),
  /** No answer ever; the connection stays open. With `afterWrite` the write lands. */
  hang: z.boolean().default(false),
  /** The connection is cut before anything is handled: nothing lands. */
  dropRequest: z.boolean().default(false),
  /** The write lands, then the connection is cut without an answer. */
  dropResponse: z.boolean().default(false),
  /** How many requests it touches; absent: all, until deleted. */
  times: z.number().int().min(1).optional(),
});

export type Fault = z.output<typeof faultSchema> & {
  id: number;
  /** Requests that it met so far. */
  touched: number;
};

export interface Faults {
  add(fault: z.output<typeof faultSchema>): Fault;
  list(): Fault[];
  remove(id: number): boolean;
  clear(): void;
  apply(request: Request, response: Response, next: NextFunction): Promise<void>;
}

export function createFaults(): Faults {
  let faults: (Fault & { pattern: RegExp })[] = [];
  let lastId = 0;

  function take(method: string, path: string): Fault | undefined {
    const fault = faults.find((each) => (!each.method || each.method === method) && each.pattern.test(path));
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
      const fault = faults.length > 0 ? take(request.method, request.path) : undefined;
      if (!fault) return next();
      response.locals.fault = fault.id;
      if (fault.latencyMs) await wait(fault.latencyMs);
      if (fault.dropRequest) return void request.socket.destroy();
      if (fault.bodyLatencyMs) holdBodyBack(response, fault.bodyLatencyMs);
      if (fault.dropResponse || fault.afterWrite) replaceAnswer(request, response, fault);
      else if (fault.hang) return;
      else if (fault.status !== undefined) return answer(response, fault);
      next();
    },
  };
}

/** Every way of answering in Express ends in `end`, and nothing was sent before: headers are still free to change. */
function replaceAnswer(request: Request, response: Response, fault: Fault): void {
  const end = response.end;
  response.end = ((...args: Parameters<typeof end>) => {
    response.end = end;
    if (fault.dropResponse) request.socket.destroy();
    else if (fault.hang) return response;
    else if (fault.status !== undefined) answer(response, fault);
    else end.apply(response, args);
    return response;
  }) as typeof end;
}

function holdBodyBack(response: Response, milliseconds: number): void {
  const end = response.end;
  response.end = ((...args: Parameters<typeof end>) => {
    response.flushHeaders();
    setTimeout(() => end.apply(response, args), milliseconds).unref();
    return response;
  }) as typeof end;
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
