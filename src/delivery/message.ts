import { type SignedContent, signatureHeaders } from './sign.ts';

export interface Message extends SignedContent {
  eventType: string;
  /** The same for every attempt of one delivery; a replay has its own. */
  deliveryId: string;
  /** From 1. */
  attempt: number;
  /** The endpoint's own, as `checkCustomHeaders` lets them pass. */
  customHeaders?: Readonly<Record<string, string>> | null | undefined;
}

/** All headers of one attempt. Ours come last, so that no custom header takes the place of one. */
export function messageHeaders(message: Message): Record<string, string> {
  return {
    ...message.customHeaders,
    'User-Agent': userAgent,
    'Content-Type': 'application/json',
    // An answer is kept as it came. Nothing is inflated here, so nothing should come deflated.
    'Accept-Encoding': 'identity',
    'X-Webhook-Event': message.eventType,
    'X-Webhook-Delivery-Id': message.deliveryId,
    'X-Webhook-Attempt': String(message.attempt),
    ...signatureHeaders(message),
  };
}

/** Name and version of what is sent, not of the server that sends it. */
const userAgent = 'Accord-Webhooks/1.0';
