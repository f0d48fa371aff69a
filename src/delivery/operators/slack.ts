import type { AddressGuard } from '#delivery/address-guard.ts';
import { sendDelivery } from '#delivery/send.ts';
import { type OperatorMessage, toSlackText } from '#domain/incidents/message.ts';

export interface SlackSettings {
  /** The incoming webhook. Its path is a secret. */
  url: string;
  /** The addresses that may be called, as for endpoints. */
  guard: AddressGuard;
}

const timeoutSeconds = 20;

/** Posts the message to an incoming webhook of Slack, or of a program that takes the same. */
export async function postToSlack({ url, guard }: SlackSettings, message: OperatorMessage): Promise<void> {
  const outcome = await sendDelivery({
    ...{ url, guard, timeoutSeconds },
    body: Buffer.from(toSlackText(message)),
    headers: { 'content-type': 'application/json', 'user-agent': 'accord' },
  });
  if (!outcome.ok) throw new Error(`The incoming webhook did not take the message: ${outcome.error ?? 'no reason'}`);
}
