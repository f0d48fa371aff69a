// A receiver in plain Node, without packages. Start: WEBHOOK_SECRET=whsec_… PORT=3000 node node.mjs
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const toleranceSeconds = 300;

/** The plain signature: hex HMAC-SHA256 of the body, with the whole secret as key, as text. During a secret rotation there are several. */
export function isPlainSignature(secret, body, headers) {
  const { 'x-webhook-signature': signature = '', 'x-webhook-signature-previous': previous = '' } = headers;
  const expected = createHmac('sha256', secret).update(body).digest('hex');
  return `${signature} ${previous}`.split(' ').some((entry) => isSame(expected, entry));
}

/** The Standard Webhooks signature also covers the id and the time. Its key is the decoded base64 after whsec_. */
export function isStandardSignature(secret, body, headers, now = Date.now() / 1000) {
  const { 'webhook-id': id = '', 'webhook-timestamp': timestamp = '', 'webhook-signature': signatures = '' } = headers;
  if (!/^\d+$/.test(timestamp) || Math.abs(now - Number(timestamp)) > toleranceSeconds) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
  return signatures.split(' ').some((entry) => isSame(`v1,${expected}`, entry));
}

/** Compares in constant time. */
function isSame(expected, given) {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const secret = process.env.WEBHOOK_SECRET;
if (!secret) throw new Error('WEBHOOK_SECRET is not set.');

createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks); // the bytes as they arrive: parse them only after the check
  const isGenuine = isPlainSignature(secret, body, request.headers) && isStandardSignature(secret, body, request.headers);
  if (!isGenuine) return response.writeHead(401).end();
  const event = JSON.parse(body.toString('utf8'));
  console.log(request.headers['x-webhook-delivery-id'], event.event, event.data.id);
  response.writeHead(204).end(); // respond first, process the event afterwards
}).listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
