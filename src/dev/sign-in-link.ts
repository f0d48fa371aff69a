import { callJson } from './call-json.ts';

/** A link to the admin pages that signs in once, as the owner of the API key. */
export async function signInLink({ api, apiKey }: { api: string; apiKey: string }, signal: AbortSignal): Promise<string> {
  const headers = { authorization: `Bearer ${apiKey}` };
  const { data } = await callJson<{ data: { url: string } }>(`${api}/api/v1/session/links`, { method: 'POST', headers, signal });
  return data.url;
}
