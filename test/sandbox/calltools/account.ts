import { type CallToolsSettings, calltoolsSandbox, defaultToken } from '#sandbox/calltools/index.ts';
import type { RunningSandbox, SandboxOptions } from '#sandbox/core/sandbox.ts';
import { call } from '#test/sandbox/core/http.ts';

export const authorization = { authorization: `Token ${defaultToken}` };

/** A running sandbox with shortcuts for requests. Paths are relative to `/api/`. */
export async function startAccount(options: SandboxOptions<CallToolsSettings> = {}) {
  const sandbox = await calltoolsSandbox.start(options);
  return { sandbox, ...waysTo(sandbox), close: () => sandbox.close() };
}
export type TestAccount = Awaited<ReturnType<typeof startAccount>>;

function waysTo(sandbox: RunningSandbox<CallToolsSettings>) {
  const api = (method: string, path: string, body?: unknown, headers: Record<string, string> = authorization) =>
    call(method, `${sandbox.url}/api/${path}`, body, headers);
  const control = (method: string, path: string, body?: unknown) => call(method, `${sandbox.controlUrl}/${path}`, body);
  return {
    api,
    get: (path: string) => api('GET', path),
    post: (path: string, body: unknown) => api('POST', path, body),
    patch: (path: string, body: unknown) => api('PATCH', path, body),
    control,
    /** Changes records as people on the dialer's pages; returns the ids. */
    people: async (change: unknown) => (await control('POST', 'records', change)).json,
    settings: (patch: unknown) => control('PATCH', 'settings', patch),
    reset: () => control('POST', 'reset'),
  };
}
