import { describe, expect, it } from '@jest/globals';
import { type Message, messageHeaders } from '#delivery/message.ts';
import { signatureHeaders } from '#delivery/sign.ts';

const message: Message = {
  secrets: { current: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
  eventId: '0c5dcf0c-5f3e-4ba5-a3bb-9d7f5f2ac0f5',
  eventType: 'new_lead',
  deliveryId: '9f0a4b0e-2f43-4a64-9a56-3b7c1b1a4f70',
  attempt: 3,
  timestamp: new Date('2026-11-22T06:00:00Z'),
  body: Buffer.from('{}'),
};

describe('the headers of an attempt', () => {
  it('name the event, the delivery and the attempt, and are signed', () => {
    expect(messageHeaders(message)).toEqual({
      'User-Agent': expect.stringMatching(/^Accord-Webhooks\/[\d.]+$/),
      'Content-Type': 'application/json',
      'Accept-Encoding': 'identity',
      'X-Webhook-Event': 'new_lead',
      'X-Webhook-Delivery-Id': message.deliveryId,
      'X-Webhook-Attempt': '3',
      ...signatureHeaders(message),
    });
  });

  it("carry custom headers, which replace none of Accord's", () => {
    const headers = messageHeaders({ ...message, customHeaders: { 'X-Tenant': 'north', 'X-Webhook-Event': 'forged' } });
    expect(headers).toMatchObject({ 'X-Tenant': 'north', 'X-Webhook-Event': 'new_lead' });
  });

  it('belong to the attempt: a retry is signed again under the same ids', () => {
    const again = messageHeaders({ ...message, attempt: 4, timestamp: new Date('2026-11-22T06:00:08Z') });
    const first = messageHeaders(message);
    for (const same of ['webhook-id', 'X-Webhook-Delivery-Id', 'X-Webhook-Signature']) expect(again[same]).toBe(first[same]);
    for (const other of ['webhook-timestamp', 'webhook-signature']) expect(again[other]).not.toBe(first[other]);
  });
});
