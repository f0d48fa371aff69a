import { type Request, Router } from 'express';
import { z } from 'zod';
import { unauthorized } from '#sandbox/square/api-error.ts';
import { answer } from '#sandbox/square/gate.ts';
import { parseBody, parseJson } from '#sandbox/square/parse-body.ts';
import { scopes } from '#sandbox/square/settings.ts';
import type { TokenAnswer } from '#sandbox/square/tokens.ts';
import type { Vendor } from '#sandbox/square/vendor.ts';

const text = z.string().max(1_024);
const tokenBody = z.object({
  client_id: z.string().max(191),
  client_secret: text.nullish(),
  grant_type: z.string().min(10).max(20),
  code: z.string().max(191).nullish(),
  code_verifier: text.nullish(),
  refresh_token: text.nullish(),
  scopes: z.array(z.string()).nullish(),
  short_lived: z.boolean().nullish(),
});
type TokenBody = z.output<typeof tokenBody>;

const revokeBody = z.object({
  client_id: z.string().max(191),
  access_token: text.nullish(),
  merchant_id: text.nullish(),
  revoke_only_access_token: z.boolean().nullish(),
});

/** Square docs (ObtainToken, RevokeToken): JSON, and no bearer token. The errors are not documented. */
export function oauthRoutes(vendor: Vendor): Router {
  const router = Router();
  router.post('/token', (request, response) =>
    answer(response, () => obtain(vendor, parseBody(tokenBody, parseJson(request.body)))),
  );
  router.post('/revoke', (request, response) => answer(response, () => revoke(vendor, request)));
  return router;
}

function obtain({ tokens, settings }: Vendor, body: TokenBody): TokenAnswer {
  const { clientId, clientSecret, oauthFlow } = settings();
  if (body.client_id !== clientId) throw tokens.refuse('Application not found.');
  if (oauthFlow === 'code' && body.client_secret !== clientSecret) throw tokens.refuse('Not authorized: client_secret.');
  const known = scopes.filter((scope) => body.scopes?.includes(scope) ?? true);
  const request = { scopes: known, shortLived: body.short_lived ?? false };
  if (body.grant_type === 'refresh_token') return tokens.refresh(body.refresh_token ?? '', request);
  const hasProof = oauthFlow === 'code' || Boolean(body.code_verifier);
  if (body.grant_type === 'authorization_code' && hasProof) return tokens.exchangeCode(body.code ?? '', request);
  throw tokens.refuse('The grant is not supported.');
}

/** Square docs (RevokeToken): the app's secret authorizes it, in a form of its own. */
function revoke({ tokens, notifier, settings }: Vendor, request: Request): object {
  const { clientId, clientSecret } = settings();
  const body = parseBody(revokeBody, parseJson(request.body));
  if (request.get('authorization') !== `Client ${clientSecret}` || body.client_id !== clientId) {
    throw unauthorized('UNAUTHORIZED', 'This request could not be authorized.');
  }
  if (body.revoke_only_access_token) tokens.revokeAccessToken(body.access_token ?? '');
  else {
    tokens.revokeAll();
    notifier.notifyRevocation('APPLICATION');
  }
  return { success: true };
}
