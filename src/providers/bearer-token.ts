import type { HttpSettings } from './http.ts';
import type { HttpResponse } from './http-call.ts';
import type { AccessToken } from './oauth.ts';

const prefix = 'Bearer ';

export interface BearerHeaders extends Record<string, string> {
  authorization: string;
}

export function toBearerHeaders(token: string): BearerHeaders {
  return { authorization: prefix + token };
}

/** The token that `toBearerHeaders` put into headers. */
export function findBearerToken({ authorization = '' }: Record<string, string>): string {
  return authorization.slice(prefix.length);
}

/** Sends an access token with each call, and replaces it once after a 401, or after those that `isRefused` recognises. */
export function withToken(
  token: AccessToken,
  isRefused: (response: HttpResponse) => boolean = () => true,
): Required<Pick<HttpSettings, 'headers' | 'renew'>> {
  return {
    headers: async () => toBearerHeaders(await token.get()),
    renew: async (response, headers) => {
      if (!isRefused(response)) return false;
      await token.replace(findBearerToken(headers));
      return true;
    },
  };
}
