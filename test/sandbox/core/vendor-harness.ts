import type { RunningSandbox } from '#sandbox/core/sandbox.ts';
import { call } from './http.ts';
import type { startReceiver } from './receiver.ts';

/** The common part of the harness of a vendor that sends webhooks: its controls, the received events and a reset. */
export function vendorHarness<S>(sandbox: RunningSandbox<S>, receiver: Awaited<ReturnType<typeof startReceiver>>) {
  const control = (method: string, path: string, body?: unknown) => call(method, `${sandbox.controlUrl}${path}`, body);
  return {
    sandbox,
    receiver,
    control,
    set: (settings: Partial<S>) => sandbox.settings.patch(settings),
    /** The received webhooks, parsed. */
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
