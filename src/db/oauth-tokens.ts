import { z } from 'zod';
import type { Database } from './database.ts';
import { type SealingKey, seal, unseal } from './seal.ts';
import type { TokenError } from './tables.ts';

/** The types of `providers/oauth.ts`, which this layer may not import. */
interface TokenKey {
  provider: string;
  accountId: string;
}

const tokensSchema = z.object({
  ...{ accessToken: z.string(), refreshToken: z.string(), expiresAt: z.string() },
  issuedAt: z.string().exactOptional(),
});
type OAuthTokens = z.infer<typeof tokensSchema>;

/**
 * Stores OAuth tokens, encrypted with AES-256-GCM under `encryptionKey` and bound to their account. Without a key, reading
 * and storing tokens throws.
 */
export function createTokenStore(db: Database, encryptionKey: SealingKey | null) {
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
          .set({
            ciphertext: encrypt(tokens, key, secret),
            expires_at: new Date(tokens.expiresAt),
            refreshed_at: tokens.issuedAt === undefined ? new Date() : new Date(tokens.issuedAt),
            last_error: null,
            updated_at: new Date(),
          })
          .where('provider', '=', key.provider)
          .where('account_id', '=', key.accountId)
          .execute();
        return tokens;
      });
    },

    async saveFailure({ provider, accountId }: TokenKey, failure: { type: string; message: string }): Promise<void> {
      const last_error = JSON.stringify({ ...failure, at: new Date().toISOString() });
      await db
        .insertInto('oauth_token')
        .values({ provider, account_id: accountId, ciphertext: null, last_error })
        .onConflict((conflict) => conflict.columns(['provider', 'account_id']).doUpdateSet({ last_error }))
        .execute();
    },
  };

  function needKey(): SealingKey {
    if (encryptionKey === null) throw new Error('Set ACCORD_ENCRYPTION_KEY: OAuth tokens are stored encrypted or not at all');
    return encryptionKey;
  }
}

/** Stores the tokens of a new grant in place of those of the last one. */
export async function saveTokens(tx: Database, key: SealingKey, of: TokenKey, tokens: OAuthTokens): Promise<void> {
  const values = {
    ciphertext: encrypt(tokens, of, key),
    ...{ expires_at: new Date(tokens.expiresAt), refreshed_at: new Date(), last_error: null, updated_at: new Date() },
  };
  await tx
    .insertInto('oauth_token')
    .values({ provider: of.provider, account_id: of.accountId, ...values })
    .onConflict((conflict) => conflict.columns(['provider', 'account_id']).doUpdateSet(values))
    .execute();
}

/** The part of an account's tokens that people may see. */
export interface TokenState {
  /** Null while no token is stored, or none since the release that added this column. */
  expiresAt: Date | null;
  refreshedAt: Date | null;
  /** Of the last refresh, if it failed, or the revocation of the grant. */
  lastError: TokenError | null;
}

/** Null while no token was ever requested for the account. */
export async function findTokenState(db: Database, { provider, accountId }: TokenKey): Promise<TokenState | null> {
  const row = await db
    .selectFrom('oauth_token')
    .select(['expires_at', 'refreshed_at', 'last_error'])
    .where('provider', '=', provider)
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return row ? { expiresAt: row.expires_at, refreshedAt: row.refreshed_at, lastError: row.last_error } : null;
}

/** Stores that the vendor's side took a grant back. Ignores a grant that was refreshed since, and accounts without one. */
export async function saveRevocation(db: Database, { provider, accountId }: TokenKey, error: TokenError): Promise<void> {
  await db
    .updateTable('oauth_token')
    .set({ last_error: JSON.stringify(error) })
    .where('provider', '=', provider)
    .where('account_id', '=', accountId)
    .where(({ or, eb }) => or([eb('refreshed_at', 'is', null), eb('refreshed_at', '<', new Date(error.at))]))
    .execute();
}

function tokenRow(db: Database, { provider, accountId }: TokenKey) {
  return db.selectFrom('oauth_token').select('ciphertext').where('provider', '=', provider).where('account_id', '=', accountId);
}

function encrypt(tokens: OAuthTokens, of: TokenKey, key: SealingKey): Buffer {
  return seal(JSON.stringify(tokens), { key, boundTo: tokensOf(of) });
}

function decrypt(stored: Buffer, of: TokenKey, key: SealingKey): OAuthTokens {
  return tokensSchema.parse(JSON.parse(unseal(stored, { key, boundTo: tokensOf(of) })));
}

export const tokensOf = ({ provider, accountId }: TokenKey): string => `${provider}/${accountId}`;
