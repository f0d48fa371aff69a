import { performance } from 'node:perf_hooks';
import type { NextFunction, Request, Response } from 'express';
import type { Clock } from './clock.ts';

/** One request to the vendor's side of the sandbox; control routes are not logged. */
export interface LoggedRequest {
  /** 1, 2, 3 … since the start or the last reset. */
  sequence: number;
  /** ISO 8601 on the sandbox's clock, when the request arrived. */
  at: string;
  method: string;
  /** With its query string. */
  path: string;
  /** null when no answer went out: it was dropped, it hangs, or the client left. */
  status: number | null;
  /** From arrival to the end of the answer. */
  ms: number;
  /** Bytes of the answer's body. */
  bytes: number;
  /** Id of the fault that touched it. */
  fault?: number;
}

export interface RequestLog {
  record(request: Request, response: Response, next: NextFunction): void;
  /** Those after a sequence number, oldest first. */
  list(query: { after: number; limit: number }): { requests: LoggedRequest[]; last: number };
  clear(): void;
}

/** Keeps the newest `capacity` requests. They appear when they end, so `sequence` counts ends, not arrivals. */
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
        const { status, bytes, fault } = outcome(response);
        append({ at, method: request.method, path: request.originalUrl, status, ms, bytes, ...(fault && { fault }) });
      });
      next();
    },
    list({ after, limit }) {
      const first = Math.max(after, last - capacity, 0);
      const end = Math.min(last, first + limit);
      const requests: LoggedRequest[] = [];
      for (let index = first; index < end; index += 1) requests.push(ring[index % capacity] as LoggedRequest);
      return { requests, last };
    },
    clear() {
      ring = [];
      last = 0;
    },
  };
}

function outcome(response: Response): { status: number | null; bytes: number; fault: number | undefined } {
  const answered = response.writableFinished;
  return {
    status: answered ? response.statusCode : null,
    bytes: answered ? Number(response.getHeader('content-length') ?? 0) : 0,
    fault: response.locals.fault as number | undefined,
  };
}
