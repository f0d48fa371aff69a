import { type SignedContent, signatureHeaders } from './sign.ts';

export interface Message extends SignedContent {
  eventType: string;
  /** The same for every attempt of one delivery; a replay has its own. */
  deliveryId: string;
  /** From 1. */
  attempt: number;
  /** The custom headers of the endpoint, checked by `checkCustomHeaders`. */
  customHeaders?: Readonly<Record<string, string>> | null | undefined;
}

/** All headers of an attempt. A custom header cannot replace one of Accord's. */
export function messageHeaders(message: Message): Record<string, string> {
  return {
    ...message.customHeaders,
    'User-Agent': userAgent,
    'Content-Type': 'application/json',
    // Responses are stored as they arrive and never decompressed.
    'Accept-Encoding': 'identity',
    'X-Webhook-Event': message.eventType,
    'X-Webhook-Delivery-Id': message.deliveryId,
    'X-Webhook-Attempt': String(message.attempt),
    ...signatureHeaders(message),
  };
}

/** Name and version of the message format, not of the server. */
const userAgent = 'Accord-Webhooks/1.0';
