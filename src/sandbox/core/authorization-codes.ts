import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { Store } from './store.ts';

/** The grant of a person at an authorise page (RFC 6749, section 4.1). */
export interface CodeGrant {
  redirectUri: string;
  scopes: readonly string[];
  /** PKCE, S256 (RFC 7636); null without it. */
  codeChallenge: string | null;
}

interface IssuedCode extends CodeGrant {
  code: string;
  expiresAt: number;
}

export type AuthorizationCodes = ReturnType<typeof createAuthorizationCodes>;

/** Codes that authorise pages issue. Each works once. */
export function createAuthorizationCodes({ store, clock }: { store: Store; clock: Clock }) {
  const codes = store.collection<IssuedCode>('issued-codes');
  return {
    issue(grant: CodeGrant, { prefix, lifeMs }: { prefix: string; lifeMs: number }): string {
      const code = prefix + randomBytes(24).toString('base64url');
      codes.put(code, { ...grant, code, expiresAt: clock.now() + lifeMs });
      return code;
    },

    knows: (code: string): boolean => codes.get(code) !== undefined,

    /** Uses the code up, also when the exchange fails afterwards. Undefined for one that is unknown, used or expired. */
    take(code: string): CodeGrant | undefined {
      const found = codes.get(code);
      codes.delete(code);
      return found && found.expiresAt > clock.now() ? found : undefined;
    },
  };
}

/** Whether the verifier is that of the challenge. */
export function isVerifierOf(verifier: string, challenge: string): boolean {
  return /^[\w.~-]{43,128}$/.test(verifier) && createHash('sha256').update(verifier).digest('base64url') === challenge;
}
