import { afterEach, expect, it } from '@jest/globals';
import { readStoredConnections, type StoredConnections, watchConnections } from '#connections.ts';
import { lockConnection, removeCredentials, saveConnection } from '#db/connections/connections.ts';
import { useDatabase } from './db/test-database.ts';
import { eventually } from './setup/eventually.ts';
import { testEncryptionKey } from './setup/provider-settings.ts';

const store = useDatabase();
const hour = 3_600_000;
let watching: { close(): Promise<void> } | null = null;
afterEach(() => watching?.close());

function save(key: string): Promise<void> {
  const facts = { method: 'key' as const, identity: { id: 'm', name: null }, scopes: null, expiresAt: null, actor: 'test' };
  return store.db.transaction().execute(async (tx) => {
    await lockConnection(tx, 'square');
    await saveConnection(tx, testEncryptionKey, { provider: 'square', variables: { SQUARE_ACCESS_TOKEN: key }, ...facts });
  });
}

it('a running process learns of an account that is connected, changed and disconnected, and tries again what failed', async () => {
  const seen: (string | undefined)[] = [];
  const renewals: string[][] = [];
  let isBroken = false;
  const onChange = async ({ variables }: StoredConnections, renewed: string[]) => {
    if (isBroken) throw new Error('cannot start');
    renewals.push(renewed);
    seen.push(variables.get('square')?.SQUARE_ACCESS_TOKEN);
  };
  const log = { warn() {} };
  const known = await readStoredConnections(store.db, testEncryptionKey, log);
  const common = { db: store.db, url: store.url, encryptionKey: testEncryptionKey, log };
  // Too rarely to be what the test sees: it sees notifications.
  watching = watchConnections({ ...common, known, onChange, everyMs: hour });
  await save('first');
  await eventually(async () => expect(seen).toEqual(['first']));
  isBroken = true;
  await save('second');
  isBroken = false;
  await save('third');
  await eventually(async () => expect(seen.at(-1)).toBe('third'));
  await store.db.transaction().execute((tx) => removeCredentials(tx, 'square'));
  await eventually(async () => expect(seen.at(-1)).toBeUndefined());
  expect(renewals.slice(0, -1).every((renewed) => renewed.includes('square'))).toBe(true);
  expect(renewals.at(-1)).toEqual([]);
});

it('credentials under another key count as not connected, and the others stay', async () => {
  await save('sealed');
  const warned: object[] = [];
  const log = { warn: (facts: object) => void warned.push(facts) };
  const other = Buffer.alloc(32, 1);
  expect((await readStoredConnections(store.db, other, log)).variables.size).toBe(0);
  expect(warned).toEqual([{ account: 'square' }]);
});
