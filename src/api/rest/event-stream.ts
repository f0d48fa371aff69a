import type { Response } from 'express';

/** Begins a stream of server-sent events. */
export function openEventStream(res: Response): void {
  // nginx would hold events back until its buffer is full.
  res.set({ 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
  res.flushHeaders();
  res.write(': open\n\n');
}
