import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { checkSecret, newSecret, type SignedContent, signatureHeaders } from '#delivery/sign.ts';

const eventId = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const body = Buffer.from('{"event":"new_lead","data":{"name":"Zoë 王 🦊"}}');

function sign(content: Partial<SignedContent>): Record<string, string> {
  return signatureHeaders({ secrets: { current: newSecret() }, eventId, timestamp: new Date(), body, ...content });
}

describe('X-Webhook-Signature', () => {
  it.each([
    {
      // V3: Convoy, pkg/signature/testdata.
      current: 'convoy-webhook-secret',
      signed: '{"event":"charge.success","amount":1000,"currency":"NGN"}',
      expected: '244449b7f48cbc2709060c9dcdc2b3aa47a78f540430579015c579fb12defbb4',
    },
    {
      // V4: GitHub docs, validating webhook deliveries.
      current: "It's a Secret to Everybody",
      signed: 'Hello, World!',
      expected: '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    },
  ])('of $signed is as published', ({ current, signed, expected }) => {
    expect(sign({ secrets: { current }, body: Buffer.from(signed) })['X-Webhook-Signature']).toBe(expected);
  });

  it('is keyed by the whole secret as text, whsec_ included', () => {
    const current = newSecret();
    const expected = createHmac('sha256', Buffer.from(current, 'utf8')).update(body).digest('hex');
    expect(sign({ secrets: { current } })['X-Webhook-Signature']).toBe(expected);
  });

  it('signs bytes, even when they are not text', () => {
    const bytes = Buffer.from([0x7b, 0xff, 0x00, 0x7d]);
    const expected = createHmac('sha256', 'key').update(bytes).digest('hex');
    expect(sign({ secrets: { current: 'key' }, body: bytes })['X-Webhook-Signature']).toBe(expected);
  });
});

describe('webhook-signature', () => {
  it.each([
    {
      // V1: the Standard Webhooks libraries.
      current: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      id: eventId,
      seconds: 1614265330,
      signed: '{"test": 2432232314}',
      expected: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
    {
      // V2: the Standard Webhooks library for Rust.
      current: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD',
      id: 'msg_27UH4WbU6Z5A5EzD8u03UvzRbpk',
      seconds: 1649367553,
      signed: '{"email":"test@example.com","username":"test_user"}',
      expected: 'v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=',
    },
  ])('of $signed is as published', ({ current, id, seconds, signed, expected }) => {
    const timestamp = new Date(seconds * 1000 + 999);
    const headers = sign({ secrets: { current }, eventId: id, timestamp, body: Buffer.from(signed) });
    expect(headers).toMatchObject({ 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': expected });
  });

  it('verifies with the Standard Webhooks library', () => {
    const current = newSecret();
    expect(new Webhook(current).verify(body, sign({ secrets: { current } }))).toEqual(JSON.parse(body.toString()));
  });

  it('does not verify for another body, id or time', () => {
    const current = newSecret();
    const headers = sign({ secrets: { current } });
    const later = String(Number(headers['webhook-timestamp']) + 1);
    const verify = (bytes: Buffer, changed: Record<string, string>) => () =>
      new Webhook(current).verify(bytes, { ...headers, ...changed });
    for (const check of [
      verify(Buffer.concat([body, Buffer.from(' ')]), {}),
      verify(body, { 'webhook-id': 'msg_other' }),
      verify(body, { 'webhook-timestamp': later }),
    ]) {
      expect(check).toThrow('No matching signature found');
    }
  });
});

describe('during a rotation', () => {
  const secrets = { current: newSecret(), previous: [newSecret(), newSecret()] };

  it('the Standard Webhooks headers verify with any of the secrets', () => {
    const headers = sign({ secrets });
    for (const secret of [secrets.current, ...secrets.previous])
      expect(() => new Webhook(secret).verify(body, headers)).not.toThrow();
    expect(() => new Webhook(newSecret()).verify(body, headers)).toThrow();
  });

  it('the plain header is signed with the new secret, and a second header with the earlier ones', () => {
    const headers = sign({ secrets });
    expect(headers['X-Webhook-Signature']).toBe(createHmac('sha256', secrets.current).update(body).digest('hex'));
    const former = secrets.previous.map((secret) => createHmac('sha256', secret).update(body).digest('hex'));
    expect(headers['X-Webhook-Signature-Previous']?.split(' ')).toEqual(former);
  });

  it.each([undefined, []])('and afterwards (%j) the earlier secrets sign nothing', (previous) => {
    const headers = sign({ secrets: { current: secrets.current, previous } });
    expect(headers).not.toHaveProperty('X-Webhook-Signature-Previous');
    expect(headers['webhook-signature']).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/);
  });
});

describe('a secret', () => {
  it('is whsec_ and 32 random bytes, different each time', () => {
    const secrets = Array.from({ length: 50 }, newSecret);
    for (const secret of secrets) {
      expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
      expect(checkSecret(secret)).toBeNull();
    }
    expect(new Set(secrets).size).toBe(50);
  });

  const ofBytes = (count: number) => `whsec_${Buffer.alloc(count, 7).toString('base64')}`;

  it.each([
    ['w', 'must begin with whsec_'],
    ['', 'must begin with whsec_'],
    ['hwsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'must begin with whsec_'],
    ['v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'must begin with whsec_'],
    ['whsec_', '24 to 64 bytes, not 0'],
    ['whsec_%', 'base64'],
    ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZI%2LaLaSw', 'base64'],
    ['whsec_wronglength', 'base64'],
    [ofBytes(23), '24 to 64 bytes, not 23'],
    [ofBytes(65), '24 to 64 bytes, not 65'],
  ])('%j is invalid', (secret, because) => {
    expect(checkSecret(secret)).toContain(because);
  });

  it.each([24, 64])('of %d bytes is valid', (count) => {
    expect(checkSecret(ofBytes(count))).toBeNull();
  });
});
