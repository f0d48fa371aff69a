import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { rotateSecret } from '#db/delivery/endpoint-secrets.ts';
import { createEndpoint, loadEndpoint } from '#db/delivery/endpoints.ts';
import { claimIdempotencyKey, saveAnswer } from '#db/idempotency-keys.ts';
import { createTokenStore } from '#db/oauth-tokens.ts';
import { rotateEncryption, sealedColumns } from '#db/rotate-encryption.ts';
import { type KeyRing, type SealingKey, seal, unseal } from '#db/seal.ts';
import { endpointSettings } from './delivery/delivery-rows.ts';
import { useDatabase } from './test-database.ts';

const database = useDatabase();
const old = randomBytes(32);
const [first, second] = [randomBytes(32), randomBytes(32)];
const tokens = { accessToken: 'access', refreshToken: 'refresh', expiresAt: '2027-01-01T00:00:00.000Z' };
const boundTo = 'row/1';

/** One value in each column that has encrypted values. */
async function store(key: SealingKey) {
  const { id } = await createEndpoint(database.db, key, {
    ...endpointSettings,
    ...{ secret: 'whsec_b25l', custom_headers: { authorization: 'Bearer one' } },
  });
  await rotateSecret(database.db, key, { id, secret: 'whsec_dHdv', overlapSeconds: 3_600 });
  const account = { provider: 'square', accountId: randomUUIDv7() };
  await createTokenStore(database.db, key).refreshExclusively(account, async () => tokens);
  const request = { actor: randomUUIDv7(), key: randomUUIDv7(), requestHash: randomBytes(32) };
  await claimOnce(key, request);
  return { id, account, request };
}

function claimOnce(sealWith: SealingKey, request: { actor: string; key: string; requestHash: Buffer }) {
  return database.db.transaction().execute(async (tx) => {
    const claimed = await claimIdempotencyKey(tx, sealWith, request);
    if (claimed.outcome === 'first') await saveAnswer(tx, sealWith, { ...request, answer: '{"secret":"whsec_b25l"}' });
    return claimed;
  });
}

async function read(key: SealingKey, { id, account, request }: Awaited<ReturnType<typeof store>>) {
  const endpoint = await loadEndpoint(database.db, key, id);
  return {
    ...{ secrets: endpoint?.secrets, headers: endpoint?.custom_headers },
    tokens: await createTokenStore(database.db, key).find(account),
    answer: await claimOnce(key, request),
  };
}

const stored = {
  secrets: { current: 'whsec_dHdv', previous: ['whsec_b25l'] },
  headers: { authorization: 'Bearer one' },
  tokens,
  answer: { outcome: 'repeated', answer: '{"secret":"whsec_b25l"}' },
};

const ring = (keys: Record<string, Buffer>, unnamed: Buffer | null = null): KeyRing => ({
  keys: Object.entries(keys).map(([id, key]) => ({ id, key })),
  unnamed,
});

describe('a ring of keys', () => {
  it('opens what any of its keys has sealed, and seals with the first', () => {
    const both = ring({ b: second, a: first }, old);
    const sealed = [old, ring({ a: first }), both].map((key) => seal('text', { key, boundTo }));
    expect(sealed.map((each) => unseal(each, { key: both, boundTo }))).toEqual(['text', 'text', 'text']);
    expect(unseal(sealed[2] as Buffer, { key: ring({ b: second }), boundTo })).toBe('text');
  });

  it('opens what the key had sealed before it had an id', () => {
    expect(unseal(seal('text', { key: old, boundTo }), { key: ring({ b: second, a: old }), boundTo })).toBe('text');
  });

  it('names the key that is missing, or that is another one now', () => {
    const sealed = seal('text', { key: ring({ 'key-2025': first }), boundTo });
    expect(() => unseal(sealed, { key: ring({ b: second }), boundTo })).toThrow(
      'row/1 was encrypted with the key key-2025, which ACCORD_ENCRYPTION_KEYS does not have',
    );
    expect(() => unseal(sealed, { key: ring({ 'key-2025': second }), boundTo })).toThrow(/another key under the id key-2025/);
    expect(() => unseal(sealed, { key: old, boundTo })).toThrow(/the key key-2025/);
  });
});

describe('a rotation', () => {
  it('leaves nothing that needs an older key, and everything readable at any moment of it', async () => {
    const before = [await store(old), await store(ring({ a: first }, old)), await store(old)];
    const both = ring({ b: second, a: first }, old);
    expect(await rotateEncryption(database.db, both, { batchSize: 2 })).toEqual({ rotated: 15, unreadable: [] });
    for (const each of before) expect(await read(ring({ b: second }), each)).toEqual(stored);
    expect(await rotateEncryption(database.db, both)).toEqual({ rotated: 0, unreadable: [] });
  });

  it('goes on after values that no key opens, and says which key they need', async () => {
    const lost = await store(ring({ lost: randomBytes(32) }));
    const kept = await store(ring({ b: second }));
    const { rotated, unreadable } = await rotateEncryption(database.db, ring({ c: first, b: second }), { batchSize: 1 });
    expect(rotated).toBeGreaterThanOrEqual(5);
    expect(unreadable).toHaveLength(5);
    expect(unreadable).toContain(
      `webhook-headers/${lost.id} was encrypted with the key lost, which ACCORD_ENCRYPTION_KEYS does not have`,
    );
    expect(await read(ring({ c: first }), kept)).toEqual(stored);
  });

  it('knows every column of bytes that may be encrypted', async () => {
    const { rows } = await sql<{ name: string }>`
      select table_name || '.' || column_name as name from information_schema.columns
      where table_schema = 'public' and data_type = 'bytea' order by 1`.execute(database.db);
    const sealed = sealedColumns.map(({ table, column }) => `${table}.${column}`);
    const plain = ['outbox_event.body', 'outbox_event.body_with_previous', 'webhook_serving.task_token', 'import_part.bytes'];
    const isHash = (name: string) => /[._]hash$/.test(name);
    expect(rows.map(({ name }) => name).filter((name) => !isHash(name) && !plain.includes(name))).toEqual(sealed.toSorted());
  });
});
