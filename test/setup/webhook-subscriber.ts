import { type ApiScope, createApiKey } from '#db/api-keys.ts';
import type { Accord } from './accord.ts';

export interface Subscription {
  id: string;
  secret: string;
  [field: string]: unknown;
}

/** Returns a client of the webhook operations, with a new API key. */
export async function apiClient({ db, api }: Accord, scopes: ApiScope[] = ['webhooks:read', 'webhooks:write']) {
  const { key } = await createApiKey(db, { name: 'test', scopes });
  return async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${api.url}/api/v1/webhooks${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  };
}
