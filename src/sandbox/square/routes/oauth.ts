import { type Request, Router } from 'express';
import { z } from 'zod';
import { AuthorizeRefusal, type AuthorizeRequest, authorizePage } from '#sandbox/core/authorize-page.ts';
import { unauthorized } from '#sandbox/square/api-error.ts';
import { authenticate } from '#sandbox/square/authenticate.ts';
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
  redirect_uri: text.nullish(),
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

/** Square docs (Authorize, ObtainToken, RevokeToken, RetrieveTokenStatus). The errors of the first three are not documented. */
export function oauthRoutes(vendor: Vendor): Router {
  const router = Router();
  router.use(
    authorizePage('/authorize', {
      title: 'Square',
      read: (query) => readRequest(vendor, query),
      allow: (request) => ({ code: issueCode(vendor, request), response_type: 'code' }),
      deny: () => ({ error: 'access_denied', error_description: 'user_denied' }),
    }),
  );
  router.post('/token/status', (request, response) => answer(response, () => showStatus(vendor, request)));
  router.post('/token', (request, response) =>
    answer(response, () => obtain(vendor, parseBody(tokenBody, parseJson(request.body)))),
  );
  router.post('/revoke', (request, response) => answer(response, () => revoke(vendor, request)));
  return router;
}

/** Square docs (Authorize): scopes are separated by spaces. Without `redirect_uri`, the redirect URL of the app applies. */
function readRequest({ settings }: Vendor, query: URLSearchParams): AuthorizeRequest {
  const { clientId, redirectUris, businessName } = settings();
  if (query.get('client_id') !== clientId) throw new AuthorizeRefusal('The application was not found: is client_id right?');
  const redirectUri = query.get('redirect_uri') ?? redirectUris[0] ?? '';
  if (!redirectUris.includes(redirectUri)) throw new AuthorizeRefusal('The redirect URL is not the one of the application.');
  const wanted = (query.get('scope') ?? 'MERCHANT_PROFILE_READ').split(' ');
  const unknown = wanted.filter((scope) => !scopes.some((known) => known === scope));
  if (unknown.length > 0) throw new AuthorizeRefusal(`Invalid scope: ${unknown.join(' ')}`);
  const state = query.get('state');
  return { redirectUri, state, scopes: wanted, codeChallenge: query.get('code_challenge'), account: businessName };
}

function issueCode({ tokens, settings }: Vendor, { redirectUri, scopes: granted, codeChallenge }: AuthorizeRequest): string {
  return tokens.codes.issue(
    { redirectUri, scopes: granted, codeChallenge },
    { prefix: 'sq0cgp-', lifeMs: settings().codeLifeMs },
  );
}

function showStatus({ tokens, settings, clock }: Vendor, request: Request): object {
  const { clientId, merchantId } = settings();
  const { token, scopes: granted } = authenticate(request, settings(), { tokens, now: () => clock.now() });
  const issued = tokens.find(token);
  const end = issued && { expires_at: new Date(issued.expiresAt).toISOString() };
  return { scopes: [...granted], ...end, client_id: clientId, merchant_id: merchantId };
}

function obtain({ tokens, settings }: Vendor, body: TokenBody): TokenAnswer {
  const { clientId, clientSecret, oauthFlow } = settings();
  if (body.client_id !== clientId) throw tokens.refuse('Application not found.');
  const hasSecret = body.client_secret === clientSecret;
  if (body.client_secret && !hasSecret) throw tokens.refuse('Not authorized: client_secret.');
  const code = body.code ?? '';
  const isPkce = tokens.codes.knows(code) || (body.grant_type === 'refresh_token' && tokens.isPkce(body.refresh_token ?? ''));
  if (oauthFlow === 'code' && !isPkce && !hasSecret) throw tokens.refuse('Not authorized: client_secret.');
  const known = scopes.filter((scope) => body.scopes?.includes(scope) ?? true);
  const request = { scopes: known, shortLived: body.short_lived ?? false };
  if (body.grant_type === 'refresh_token') return tokens.refresh(body.refresh_token ?? '', request);
  const exchange = { code, redirectUri: body.redirect_uri ?? null, codeVerifier: body.code_verifier ?? null, hasSecret };
  const hasProof = oauthFlow === 'code' || Boolean(body.code_verifier);
  if (body.grant_type === 'authorization_code' && hasProof) return tokens.exchangeCode(exchange, request);
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
