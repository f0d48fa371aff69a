import { createHash, randomUUID } from 'node:crypto';
import { type ZodType, z } from 'zod';
import type { Store } from '#sandbox/core/store.ts';
import { invalidArgument } from '#sandbox/google/google-error.ts';

export type SealedTokens = ReturnType<typeof createSealedTokens>;

/** Page and sync tokens: opaque text, bound to this account and to the parameters of the request that returned it. */
export function createSealedTokens(store: Store) {
  const account = findOrCreateAccountId(store);

  return {
    seal(kind: string, parameters: object, content: object): string {
      const sealed = { kind, account, parameters: fingerprint(parameters), content };
      return Buffer.from(JSON.stringify(sealed)).toString('base64url');
    },

    /**
     * Integrators report the message for a malformed token or one of another account. For other parameters Google documents the refusal,
     * but not its message.
     */
    open<T>(kind: string, parameters: object, token: string, content: ZodType<T>): T {
      const sealed = parse(token);
      if (sealed?.kind !== kind || sealed.account !== account) throw invalidToken();
      if (sealed.parameters !== fingerprint(parameters)) {
        throw invalidArgument(`All other parameters must match the first call that provided the ${kind} token.`);
      }
      const parsed = content.safeParse(sealed.content);
      if (!parsed.success) throw invalidToken();
      return parsed.data;
    },
  };
}

/** The id survives restarts, and so do the tokens. */
function findOrCreateAccountId(store: Store): string {
  const accounts = store.collection<string>('account');
  const known = accounts.get('id');
  if (known) return known;
  const created = randomUUID();
  accounts.put('id', created);
  return created;
}

function fingerprint(parameters: object): string {
  return createHash('sha256').update(JSON.stringify(parameters)).digest('base64url').slice(0, 16);
}

const sealedToken = z.object({ kind: z.string(), account: z.string(), parameters: z.string(), content: z.unknown() });

function parse(token: string): z.output<typeof sealedToken> | null {
  try {
    return sealedToken.parse(JSON.parse(Buffer.from(token, 'base64url').toString()));
  } catch {
    return null;
  }
}

const invalidToken = () => invalidArgument('Request contains an invalid argument.');
