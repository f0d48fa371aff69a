import { toBearerHeaders } from '#providers/bearer-token.ts';
import type { AccountIdentity, Variables } from '#providers/connector.ts';
import { AuthenticationError } from '#providers/errors.ts';
import { createSend } from '#providers/http.ts';
import type { CallOptions, ConnectOptions } from '#providers/provider.ts';
import { RateLimiter } from '#providers/rate-limit.ts';
import { merchantResponse, tokenStatusResponse } from './schema.ts';
import { createSdkSend } from './send.ts';
import { appSchema, type SquareAccount, type SquareSecrets, vendor } from './settings.ts';

/** Square docs (RetrieveTokenStatus): needs no permission, and tells the seller, the permissions and the end of a token. */
export async function identify(
  options: ConnectOptions<SquareAccount, SquareSecrets>,
  call?: CallOptions,
): Promise<AccountIdentity> {
  const send = createSdkSend(options);
  const status = await send(
    { operation: 'read token status', request: (_, request, sdk) => sdk.oAuth.retrieveTokenStatus(request) },
    tokenStatusResponse,
    call,
  );
  const isRenewed = options.secrets.SQUARE_ACCESS_TOKEN === undefined;
  return {
    id: status.merchant_id,
    name: await findName(send, call),
    scopes: status.scopes ?? null,
    expiresAt: isRenewed || !status.expires_at ? null : new Date(status.expires_at).toISOString(),
  };
}

/** Null without the permission MERCHANT_PROFILE_READ. */
async function findName(send: ReturnType<typeof createSdkSend>, call: CallOptions | undefined): Promise<string | null> {
  try {
    const { merchant } = await send(
      { operation: 'read merchant', request: (_, request, sdk) => sdk.merchants.get({ merchantId: 'me' }, request) },
      merchantResponse,
      call,
    );
    return merchant.business_name ?? null;
  } catch (error) {
    if (error instanceof AuthenticationError) return null;
    throw error;
  }
}

/** The status of a token whose seller is not known yet. */
export function readTokenStatus(variables: Variables) {
  const { SQUARE_BASE_URL: baseUrl } = appSchema.parse(variables);
  const limiter = new RateLimiter({ requestsPerSecond: 5, burst: 5, concurrency: 5 });
  const headers = async () => toBearerHeaders(variables.SQUARE_ACCESS_TOKEN ?? '');
  const send = createSend({ vendor, baseUrl, timeoutSeconds: 20, limiter, headers });
  return send({ operation: 'read token status', method: 'POST', path: '/oauth2/token/status' }, tokenStatusResponse);
}
