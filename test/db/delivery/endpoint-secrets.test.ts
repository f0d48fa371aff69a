import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { openSecrets, rotateSecret } from '#db/delivery/endpoint-secrets.ts';
import { findEndpoint, loadEndpoint } from '#db/delivery/endpoints.ts';
import { newSecret } from '#delivery/sign.ts';
import { useDatabase } from '#test/db/test-database.ts';
import { encryptionKey, newEndpoint } from './delivery-rows.ts';

const database = useDatabase();
const hour = 3_600;

async function rotated(...overlaps: number[]) {
  const first = newSecret();
  const { id } = await newEndpoint(database.db, { secret: first } as never);
  const secrets = [first];
  for (const overlapSeconds of overlaps) {
    secrets.unshift(newSecret());
    await rotateSecret(database.db, encryptionKey, { id, secret: secrets[0] as string, overlapSeconds });
  }
  return { id, secrets };
}

/** How many earlier secrets still sign so many hours from now. */
async function holdingAfter(id: string, hours: number) {
  const row = await findEndpoint(database.db, id);
  if (!row) throw new Error('It is gone');
  return openSecrets(encryptionKey, row, new Date(Date.now() + hours * hour * 1_000)).previous;
}

it('all rotated secrets sign, newest first, each until its own end', async () => {
  const { id, secrets } = await rotated(24 * hour, hour);
  const [current, second, first] = secrets;
  const row = await findEndpoint(database.db, id);
  expect(row && openSecrets(encryptionKey, row, new Date())).toEqual({ current, previous: [second, first] });
  expect(await holdingAfter(id, 0.99)).toEqual([second, first]);
  expect(await holdingAfter(id, 1.01)).toEqual([first]);
  expect(await holdingAfter(id, 24.01)).toEqual([]);
  expect(row?.previous_secret_until?.getTime()).toBeGreaterThan(Date.now() + 23 * hour * 1_000);
});

it('an overlap of 0 ends them all', async () => {
  const { id } = await rotated(hour, hour, 0);
  expect(await holdingAfter(id, 0)).toEqual([]);
  expect(await findEndpoint(database.db, id)).toMatchObject({ previous_secret: null, previous_secret_until: null });
});

it('ten old secrets sign, and one more is refused until one ends', async () => {
  const { id, secrets } = await rotated(...Array(10).fill(hour));
  expect(await holdingAfter(id, 0)).toEqual(secrets.slice(1));
  const more = (overlapSeconds: number) => rotateSecret(database.db, encryptionKey, { id, secret: newSecret(), overlapSeconds });
  expect(await more(hour)).toEqual({ outcome: 'too-many' });
  const row = await findEndpoint(database.db, id);
  expect(row && openSecrets(encryptionKey, row, new Date()).current).toBe(secrets[0]);
  expect(await more(0)).toEqual({ outcome: 'rotated', until: null });
});

it('concurrent rotations run one after the other, and both secrets sign', async () => {
  const { id, secrets } = await rotated();
  const both = [newSecret(), newSecret()];
  await Promise.all(both.map((secret) => rotateInTransaction(id, secret)));
  const row = await findEndpoint(database.db, id);
  const opened = row && openSecrets(encryptionKey, row, new Date());
  expect(new Set([opened?.current, ...(opened?.previous ?? [])])).toEqual(new Set([...both, ...secrets]));
});

it('secrets that were encrypted with a lost key are reported, and end at the rotation', async () => {
  const { id } = await rotated(hour);
  const key = randomBytes(32);
  await expect(loadEndpoint(database.db, key, id)).rejects.toThrow(
    `webhook-secret/${id} was encrypted with another ACCORD_ENCRYPTION_KEY than the one that is set now`,
  );
  const secret = newSecret();
  expect(await rotateSecret(database.db, key, { id, secret, overlapSeconds: hour })).toEqual({ outcome: 'rotated', until: null });
  const row = await findEndpoint(database.db, id);
  expect(row && openSecrets(key, row, new Date())).toEqual({ current: secret, previous: [] });
});

function rotateInTransaction(id: string, secret: string) {
  return database.db.transaction().execute((tx) => rotateSecret(tx, encryptionKey, { id, secret, overlapSeconds: hour }));
}
