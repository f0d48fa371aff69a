import type { IncomingHttpHeaders } from 'node:http';
import type { RefusalCode, WebhookRequest, WebhookVerdict } from '#providers/provider.ts';
import { isHmacSha256, isSameSecret } from '#signatures/hmac.ts';
import { isEd25519, isRsaSha256 } from '#signatures/public-key.ts';
import type { GoHighLevelSecrets } from './settings.ts';

export interface Proof {
  kind: 'proved';
  scheme: 'ed25519' | 'hmac-sha256' | 'rsa-sha256' | 'static-secret';
}

type Refused = Extract<WebhookVerdict, { kind: 'refused' }>;

/**
 * One scheme per request, chosen by the shape of the signature; where it fails, no other is tried. The legacy header counts only
 * where the current one is absent.
 */
export function checkSignature({ headers, rawBody: payload }: WebhookRequest, secrets: GoHighLevelSecrets): Proof | Refused {
  const current = findHeader(headers, 'x-ghl-signature');
  const legacy = findHeader(headers, 'x-wh-signature');
  if (current !== null && hmacShape.test(current)) {
    const secret = secrets.GHL_WEBHOOK_SECRET;
    if (secret === undefined) return notConfigured('GHL_WEBHOOK_SECRET', 'the secret that the sender signs with');
    return judge('hmac-sha256', isHmacSha256({ payload, secret, signature: current, encoding: 'hex' }));
  }
  if (current !== null) {
    return judge('ed25519', isEd25519({ payload, publicKey: secrets.GHL_WEBHOOK_PUBLIC_KEY, signature: current }));
  }
  if (legacy === null) return refused('missing-signature', 'Required header missing: X-GHL-Signature.');
  const publicKey = secrets.GHL_WEBHOOK_RSA_PUBLIC_KEY;
  if (publicKey === undefined) return notConfigured('GHL_WEBHOOK_RSA_PUBLIC_KEY', "HighLevel's RSA public key");
  return judge('rsa-sha256', isRsaSha256({ payload, publicKey, signature: legacy }));
}

export function checkWorkflowSecret({ headers }: WebhookRequest, secrets: GoHighLevelSecrets): Proof | Refused {
  const secret = secrets.GHL_WORKFLOW_SECRET;
  if (secret === undefined) return notConfigured('GHL_WORKFLOW_SECRET', 'what the workflow sends in X-Accord-Secret');
  const given = findHeader(headers, 'x-accord-secret');
  if (given === null) return refused('missing-signature', 'Required header missing: X-Accord-Secret.');
  return judge('static-secret', isSameSecret(given, secret));
}

const hmacShape = /^(sha256=)?[0-9a-f]{64}$/i;

/** HighLevel writes `N/A` where it has no signature (seen by integrators). */
function findHeader(headers: IncomingHttpHeaders, name: string): string | null {
  const value = [headers[name] ?? ''].flat().join(',').trim();
  return value === '' || value === 'N/A' ? null : value;
}

function judge(scheme: Proof['scheme'], isGenuine: boolean): Proof | Refused {
  return isGenuine ? { kind: 'proved', scheme } : refused('wrong-signature', `The ${names[scheme]} does not match.`);
}

const names: Record<Proof['scheme'], string> = {
  ed25519: 'Ed25519 signature',
  'hmac-sha256': 'HMAC-SHA256 signature',
  'rsa-sha256': 'RSA signature',
  'static-secret': 'secret in X-Accord-Secret',
};

function notConfigured(variable: string, meaning: string): Refused {
  return refused('not-configured', `Set ${variable} to ${meaning}: without it, such requests are refused.`);
}

function refused(code: RefusalCode, reason: string): Refused {
  return { kind: 'refused', status: 401, code, reason };
}
