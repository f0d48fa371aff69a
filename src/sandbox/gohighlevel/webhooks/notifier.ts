import { randomUUID } from 'node:crypto';
import type { SandboxContext } from '#sandbox/core/sandbox.ts';
import type { Contact } from '#sandbox/gohighlevel/contacts/contact.ts';
import type { GoHighLevelSettings } from '#sandbox/gohighlevel/settings.ts';
import { toEvents } from './events.ts';
import { nativePayload, nestedPayload, workflowPayload } from './payloads.ts';
import type { Signer } from './signing.ts';

export interface Notifier {
  /** Sends the events of a change. Integrators report that writes through the API send events as well. */
  notify(before: Contact | null, after: Contact): void;
}

/** Sends events in the configured scheme. */
export function createNotifier({ clock, webhooks, settings }: SandboxContext<GoHighLevelSettings>, signer: Signer): Notifier {
  const payloads = { native: nativePayload, hmac: nestedPayload, workflow: workflowPayload };

  function headers(body: string): Record<string, string> {
    const base = { 'content-type': 'application/json', ...signer.headers(body) };
    // Newer versions of the webhook guide are said to document a header that stays the same across retries.
    return settings.current.webhookRetry === 'any-non-2xx' ? { ...base, deliveryId: randomUUID() } : base;
  }

  return {
    notify(before, after) {
      const { webhookScheme, webhookEvents } = settings.current;
      for (const type of toEvents(before, after, settings.current)) {
        if (!webhookEvents.includes(type)) continue;
        // Workflows have no trigger for a deleted contact.
        if (webhookScheme === 'workflow' && type === 'ContactDelete') continue;
        const body = JSON.stringify(payloads[webhookScheme]({ type, contact: after, at: clock.now() }, settings.current));
        webhooks.send({ event: type, body, headers: () => headers(body) });
      }
    },
  };
}
