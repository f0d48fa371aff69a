import { performance } from 'node:perf_hooks';
import type { NextFunction, Request, Response } from 'express';
import type { Clock } from './clock.ts';

/** One request to the vendor's routes. Requests to control routes are not logged. */
export interface LoggedRequest {
  /** Counts from 1 since the start or the last reset. */
  sequence: number;
  /** The time of arrival: ISO 8601 on the sandbox's clock. */
  at: string;
  method: string;
  /** With its query string. */
  path: string;
  /** Null when the client received no answer. */
  status: number | null;
  /** Milliseconds from arrival to the end of the answer. */
  ms: number;
  /** Size of the answer's body. */
  bytes: number;
  /** Id of the fault that affected it. */
  fault?: number;
  /** Of a request to a further account: its name. */
  account?: string;
}

export interface RequestLog {
  record(request: Request, response: Response, next: NextFunction): void;
  /** The requests after a sequence number, oldest first. `last` is the newest sequence number. */
  list(query: { after: number; limit: number }): { requests: LoggedRequest[]; last: number };
  clear(): void;
}

/** Keeps the newest `capacity` requests. A request appears when it ends, so `sequence` counts ends. */
export function createRequestLog({ clock, capacity = 200_000 }: { clock: Clock; capacity?: number }): RequestLog {
  let ring: LoggedRequest[] = [];
  let last = 0;

  function append(entry: Omit<LoggedRequest, 'sequence'>): void {
    ring[last % capacity] = { sequence: last + 1, ...entry };
    last += 1;
  }

  return {
    record(request, response, next) {
      const at = clock.isoNow();
      const started = performance.now();
      response.once('close', () => {
        const ms = Math.round((performance.now() - started) * 1000) / 1000;
        const { status, bytes, fault, account } = outcome(response);
        const about = { ...(fault && { fault }), ...(account !== undefined && { account }) };
        append({ at, method: request.method, path: request.originalUrl, status, ms, bytes, ...about });
      });
      next();
    },
    list({ after, limit }) {
      const first = Math.max(after, last - capacity, 0);
      const end = Math.min(last, first + limit);
      const requests: LoggedRequest[] = [];
      for (let index = first; index < end; index += 1) {
        const request = ring[index % capacity];
        if (request) requests.push(request);
      }
      return { requests, last };
    },
    clear() {
      ring = [];
      last = 0;
    },
  };
}

function outcome(response: Response): { status: number | null; bytes: number } & Pick<LoggedRequest, 'fault' | 'account'> {
  const answered = response.writableFinished;
  const { fault, account }: Pick<LoggedRequest, 'fault' | 'account'> = response.locals;
  return {
    status: answered ? response.statusCode : null,
    bytes: answered ? Number(response.getHeader('content-length') ?? 0) : 0,
    ...(fault !== undefined && { fault }),
    ...(account !== undefined && { account }),
  };
}
