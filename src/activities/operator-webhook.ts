import { randomUUIDv7 } from 'node:crypto';
import type { AddressGuard } from '../delivery/address-guard.ts';
import { sendWebhook } from '../delivery/send.ts';
import type { DeliveryLog, OperationalEvent } from './delivery-deps.ts';

interface OperatorWebhookOptions {
  url: string;
  guard: AddressGuard;
  log: DeliveryLog;
}

/** Posts once what an operator may want to know. It is in the logs too, so that a lost one is no loss. */
export function createOperatorWebhook({ url, guard, log }: OperatorWebhookOptions): (event: OperationalEvent) => void {
  return ({ type, at, ...data }) => {
    const body = Buffer.from(JSON.stringify({ id: randomUUIDv7(), type, timestamp: at.toISOString(), data }));
    const headers = { 'Content-Type': 'application/json', 'X-Webhook-Event': type };
    sendWebhook({ url, body, headers, timeoutSeconds: 10, guard }).then(
      ({ ok, error }) => ok || log.warn({ type, reason: error }, 'the operator webhook did not take an event'),
      (error) => log.warn({ err: error, type }, 'the operator webhook could not be called'),
    );
  };
}
