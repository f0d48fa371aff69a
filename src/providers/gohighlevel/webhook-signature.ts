import type { IncomingHttpHeaders } from 'node:http';
import type { RefusalCode, WebhookRequest, WebhookVerdict } from '#providers/provider.ts';
import { isHmacSha256, isSameSecret } from '#signatures/hmac.ts';
import { isEd25519, isRsaSha256 } from '#signatures/public-key.ts';
import type { GoHighLevelSecrets } from './settings.ts';

export interface Verified {
  kind: 'verified';
  scheme: 'ed25519' | 'hmac-sha256' | 'rsa-sha256' | 'static-secret';
}

export type Refused = Extract<WebhookVerdict, { kind: 'refused' }>;

/**
 * Verifies an event's signature by one scheme, chosen by the signature's form; never falls back to another scheme. The legacy header
 * counts only when the current one is absent.
 */
export function verifySignature({ headers, rawBody: payload }: WebhookRequest, secrets: GoHighLevelSecrets): Verified | Refused {
  const current = findHeader(headers, 'x-ghl-signature');
  const legacy = findHeader(headers, 'x-wh-signature');
  if (current !== null && hmacForm.test(current)) {
    const secret = secrets.GHL_WEBHOOK_SECRET;
    if (secret === undefined) return notConfigured('GHL_WEBHOOK_SECRET', 'the secret that the sender signs with');
    return toResult('hmac-sha256', isHmacSha256({ payload, secret, signature: current, encoding: 'hex' }));
  }
  if (current !== null) {
    return toResult('ed25519', isEd25519({ payload, publicKey: secrets.GHL_WEBHOOK_PUBLIC_KEY, signature: current }));
  }
  if (legacy === null) return refused('missing-signature', 'Required header missing: X-GHL-Signature.');
  const publicKey = secrets.GHL_WEBHOOK_RSA_PUBLIC_KEY;
  if (publicKey === undefined) return notConfigured('GHL_WEBHOOK_RSA_PUBLIC_KEY', "HighLevel's RSA public key");
  return toResult('rsa-sha256', isRsaSha256({ payload, publicKey, signature: legacy }));
}

/** Verifies the static secret that a workflow's webhook action sends in `X-Accord-Secret`. */
export function verifyWorkflowSecret({ headers }: WebhookRequest, secrets: GoHighLevelSecrets): Verified | Refused {
  const secret = secrets.GHL_WORKFLOW_SECRET;
  if (secret === undefined) return notConfigured('GHL_WORKFLOW_SECRET', 'the value of X-Accord-Secret in the workflow');
  const given = findHeader(headers, 'x-accord-secret');
  if (given === null) return refused('missing-signature', 'Required header missing: X-Accord-Secret.');
  return toResult('static-secret', isSameSecret(given, secret));
}

const hmacForm = /^(sha256=)?[0-9a-f]{64}$/i;

/** HighLevel sends `N/A` in place of a missing signature (seen by integrators). */
function findHeader(headers: IncomingHttpHeaders, name: string): string | null {
  const value = [headers[name] ?? ''].flat().join(',').trim();
  return value === '' || value === 'N/A' ? null : value;
}

function toResult(scheme: Verified['scheme'], isValid: boolean): Verified | Refused {
  return isValid ? { kind: 'verified', scheme } : refused('wrong-signature', `The ${names[scheme]} does not match.`);
}

const names: Record<Verified['scheme'], string> = {
  ed25519: 'Ed25519 signature',
  'hmac-sha256': 'HMAC-SHA256 signature',
  'rsa-sha256': 'RSA signature',
  'static-secret': 'secret in X-Accord-Secret',
};

function notConfigured(variable: string, meaning: string): Refused {
  return refused('not-configured', `Set ${variable} to ${meaning}: requests are refused until then.`);
}

function refused(code: RefusalCode, reason: string): Refused {
  return { kind: 'refused', status: 401, code, reason };
}
