import { createHash, randomUUID } from 'node:crypto';
import type { Store } from '#sandbox/core/store.ts';
import { invalidArgument } from '#sandbox/google/google-error.ts';

export type SealedTokens = ReturnType<typeof createSealedTokens>;

/** Page and sync tokens: opaque text that is bound to this account and to the parameters of the request that it came with. */
export function createSealedTokens(store: Store) {
  const accounts = store.collection<string>('account');
  if (!accounts.get('id')) accounts.put('id', randomUUID());
  const account = accounts.get('id') as string;

  return {
    seal<T extends object>(kind: string, parameters: object, content: T): string {
      const sealed = { kind, account, parameters: fingerprint(parameters), content };
      return Buffer.from(JSON.stringify(sealed)).toString('base64url');
    },

    /**
     * Integrators report the sentence for a token that is malformed or another account's. For other parameters Google
     * documents the refusal and not its words.
     */
    open<T>(kind: string, parameters: object, token: string): T {
      const sealed = parse(token);
      if (sealed?.kind !== kind || sealed.account !== account) throw invalidArgument('Request contains an invalid argument.');
      if (sealed.parameters !== fingerprint(parameters)) {
        throw invalidArgument(`All other parameters must match the first call that provided the ${kind} token.`);
      }
      return sealed.content as T;
    },
  };
}

function fingerprint(parameters: object): string {
  return createHash('sha256').update(JSON.stringify(parameters)).digest('base64url').slice(0, 16);
}

function parse(token: string): { kind: string; account: string; parameters: string; content: unknown } | null {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    return null;
  }
}
