import { createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import express from 'express';
import pg from 'pg';
import { serveParent } from '#bench/setup/helper-process.ts';

/**
 * The floor of the figures about incoming webhooks: Express, one signature check over the raw body, one INSERT through a pool of ten.
 * No schema, no contact, no link, no deadline, no refusal log, no metrics.
 */
const { DATABASE_URL, BENCH_PUBLIC_KEY = '', BENCH_SECRET = '' } = process.env;
const publicKey = createPublicKey(BENCH_PUBLIC_KEY);
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
await pool.query(
  'create table if not exists bare_event (id text primary key, payload text not null, received_at timestamptz not null)',
);

const app = express();
app.disable('x-powered-by');
app.post('/webhook', express.raw({ type: () => true, limit: '256kb' }), async (req, res) => {
  const body: Buffer = req.body;
  if (!isGenuine(body, String(req.headers['x-ghl-signature']))) return void res.status(401).end();
  const { webhookId } = JSON.parse(body.toString('utf8'));
  await pool.query('insert into bare_event (id, payload, received_at) values ($1, $2, $3)', [
    webhookId,
    body.toString('utf8'),
    new Date(),
  ]);
  res.json({ status: 'queued' });
});

function isGenuine(body: Buffer, signature: string): boolean {
  if (signature.length !== 64) return verify(null, body, publicKey, Buffer.from(signature, 'base64'));
  return timingSafeEqual(createHmac('sha256', BENCH_SECRET).update(body).digest(), Buffer.from(signature, 'hex'));
}

const server = app.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  serveParent({ url: `http://127.0.0.1:${port}/webhook` }, async () => ({ url: '' }));
});
