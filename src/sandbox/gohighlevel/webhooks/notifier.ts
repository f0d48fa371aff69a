import { randomUUID } from 'node:crypto';
import type { SandboxContext } from '#sandbox/core/sandbox.ts';
import type { Contact } from '#sandbox/gohighlevel/contacts/contact.ts';
import type { GoHighLevelSettings } from '#sandbox/gohighlevel/settings.ts';
import { toEvents } from './events.ts';
import { nativePayload, nestedPayload, workflowPayload } from './payloads.ts';
import type { Signer } from './signing.ts';

export interface Notifier {
  /** Sends what a change fires. Writes through the API are no exception: integrators report that they come back. */
  notify(before: Contact | null, after: Contact): void;
}

export function createNotifier({ clock, webhooks, settings }: SandboxContext<GoHighLevelSettings>, signer: Signer): Notifier {
  const payloads = { native: nativePayload, hmac: nestedPayload, workflow: workflowPayload };

  function headers(body: string): Record<string, string> {
    const base = { 'content-type': 'application/json', ...signer.headers(body) };
    // Newer texts of the webhook guide are said to name a header that stays the same across retries.
    return settings.current.webhookRetry === 'any-non-2xx' ? { ...base, deliveryId: randomUUID() } : base;
  }

  return {
    notify(before, after) {
      const { webhookScheme, webhookEvents } = settings.current;
      for (const type of toEvents(before, after, settings.current)) {
        if (!webhookEvents.includes(type)) continue;
        // A workflow is started by contacts that exist: there is no trigger for a deleted one.
        if (webhookScheme === 'workflow' && type === 'ContactDelete') continue;
        const body = JSON.stringify(payloads[webhookScheme]({ type, contact: after, at: clock.now() }, settings.current));
        webhooks.send({ event: type, body, headers: () => headers(body) });
      }
    },
  };
}
