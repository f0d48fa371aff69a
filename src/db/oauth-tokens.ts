import { z } from 'zod';
import type { Database } from './database.ts';
import { seal, unseal } from './seal.ts';

/** The types of `providers/oauth.ts`, which this layer may not import. */
interface TokenKey {
  provider: string;
  accountId: string;
}

const tokensSchema = z.object({ accessToken: z.string(), refreshToken: z.string(), expiresAt: z.string() });
type OAuthTokens = z.infer<typeof tokensSchema>;

/**
 * Stores OAuth tokens, encrypted with AES-256-GCM under `encryptionKey` (32 bytes) and bound to their account. Without a key, reading
 * and storing tokens throws.
 */
export function createTokenStore(db: Database, encryptionKey: Buffer | null) {
  return {
    async find(key: TokenKey): Promise<OAuthTokens | null> {
      const row = await tokenRow(db, key).executeTakeFirst();
      return row?.ciphertext ? decrypt(row.ciphertext, key, needKey()) : null;
    },

    /** Locks the row while `refresh` runs, because a refresh token works only once: a single process may use it. */
    refreshExclusively(key: TokenKey, refresh: (current: OAuthTokens | null) => Promise<OAuthTokens>): Promise<OAuthTokens> {
      const secret = needKey();
      return db.transaction().execute(async (tx) => {
        await tx
          .insertInto('oauth_token')
          .values({ provider: key.provider, account_id: key.accountId, ciphertext: null })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        const { ciphertext } = await tokenRow(tx, key).forUpdate().executeTakeFirstOrThrow();
        const tokens = await refresh(ciphertext ? decrypt(ciphertext, key, secret) : null);
        await tx
          .updateTable('oauth_token')
          .set({ ciphertext: encrypt(tokens, key, secret), updated_at: new Date() })
          .where('provider', '=', key.provider)
          .where('account_id', '=', key.accountId)
          .execute();
        return tokens;
      });
    },
  };

  function needKey(): Buffer {
    if (encryptionKey === null) throw new Error('Set ACCORD_ENCRYPTION_KEY: OAuth tokens are stored encrypted or not at all');
    return encryptionKey;
  }
}

function tokenRow(db: Database, { provider, accountId }: TokenKey) {
  return db.selectFrom('oauth_token').select('ciphertext').where('provider', '=', provider).where('account_id', '=', accountId);
}

function encrypt(tokens: OAuthTokens, of: TokenKey, key: Buffer): Buffer {
  return seal(JSON.stringify(tokens), { key, boundTo: boundTo(of) });
}

function decrypt(stored: Buffer, of: TokenKey, key: Buffer): OAuthTokens {
  return tokensSchema.parse(JSON.parse(unseal(stored, { key, boundTo: boundTo(of) })));
}

const boundTo = ({ provider, accountId }: TokenKey): string => `${provider}/${accountId}`;
