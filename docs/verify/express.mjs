// A receiver with Express 5. Start: WEBHOOK_SECRET=whsec_… PORT=3000 node express.mjs
import { createHmac, timingSafeEqual } from 'node:crypto';
import express from 'express';
import { Webhook } from 'standardwebhooks';

const secret = process.env.WEBHOOK_SECRET;
if (!secret) throw new Error('WEBHOOK_SECRET is not set.');

const app = express();

// raw(), not json(): the signature covers the bytes as they arrive.
app.post('/', express.raw({ type: 'application/json' }), (request, response) => {
  const expected = createHmac('sha256', secret).update(request.body).digest();
  // During a secret rotation there are several signatures.
  const given = `${request.get('x-webhook-signature') ?? ''} ${request.get('x-webhook-signature-previous') ?? ''}`.split(' ');
  const isSame = (entry) => entry.length === expected.length && timingSafeEqual(entry, expected);
  if (!given.some((entry) => isSame(Buffer.from(entry, 'hex')))) return response.sendStatus(401);
  try {
    // The library also checks the time, against replay attacks.
    const event = new Webhook(secret).verify(request.body, request.headers);
    console.log(request.get('x-webhook-delivery-id'), event.event, event.data.id);
  } catch {
    return response.sendStatus(401);
  }
  response.sendStatus(204);
});

app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
