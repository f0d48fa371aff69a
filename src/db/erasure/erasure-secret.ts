import { randomBytes } from 'node:crypto';
import type { Database } from '#db/database.ts';
import { type SealingKey, seal, unseal } from '#db/seal.ts';

/** The key of the hashes of erased people. It is stored encrypted, so that it stays the same when the encryption key is rotated. */
export interface ErasureSecret {
  /** Null while it was never made. */
  find(): Promise<Buffer | null>;
  /** Makes the secret when there is none. Throws when `ACCORD_ENCRYPTION_KEY` is unset. */
  get(): Promise<Buffer>;
}

export const erasureSecretName = 'erasure-secret';

/** As `createErasureSecret`, and known from the start. */
export async function openErasureSecret(db: Database, encryptionKey: SealingKey | null): Promise<ErasureSecret> {
  const secret = createErasureSecret(db, encryptionKey);
  await secret.get();
  return secret;
}

/**
 * Reads the secret when it is first needed, by a connection of its own. Make that happen before any transaction: many transactions that
 * each wait for a second connection would hold all connections of the pool, and wait for each other.
 */
export function createErasureSecret(db: Database, encryptionKey: SealingKey | null): ErasureSecret {
  let known: Buffer | null = null;

  async function find(): Promise<Buffer | null> {
    if (known !== null) return known;
    const row = await db.selectFrom('erasure_secret').select('secret').executeTakeFirst();
    if (row) known = Buffer.from(unseal(row.secret, { key: needKey(), boundTo: erasureSecretName }), 'hex');
    return known;
  }

  async function get(): Promise<Buffer> {
    const secret = seal(randomBytes(32).toString('hex'), { key: needKey(), boundTo: erasureSecretName });
    if ((await find()) === null)
      await db
        .insertInto('erasure_secret')
        .values({ secret })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    const made = await find();
    if (made === null) throw new Error('The secret of erasures was not stored');
    return made;
  }

  function needKey(): SealingKey {
    if (encryptionKey === null) throw new Error('Set ACCORD_ENCRYPTION_KEY: hashes of erased people have an encrypted key');
    return encryptionKey;
  }

  return { find, get };
}
