import type { RunningSandbox } from '#sandbox/core/sandbox.ts';
import { call } from './http.ts';
import type { startReceiver } from './receiver.ts';

/** What the harness of every vendor that sends webhooks has: its controls, what arrived, and the way back to the start. */
export function vendorHarness<S>(sandbox: RunningSandbox<S>, receiver: Awaited<ReturnType<typeof startReceiver>>) {
  const control = (method: string, path: string, body?: unknown) => call(method, `${sandbox.controlUrl}${path}`, body);
  return {
    sandbox,
    receiver,
    control,
    set: (knobs: Partial<S>) => sandbox.settings.patch(knobs),
    /** All webhooks that have arrived, parsed. */
    async events() {
      await sandbox.webhooks.idle();
      return receiver.received.map(({ headers, body }) => ({ headers, raw: body, json: JSON.parse(body) }));
    },
    async reset() {
      await sandbox.webhooks.idle();
      await control('POST', '/reset');
      receiver.received.length = 0;
      receiver.status = 200;
    },
    async close() {
      await sandbox.close();
      await receiver.close();
    },
  };
}
