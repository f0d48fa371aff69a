/** The control routes of a sandbox; see docs/sandboxes.md. */
export interface SandboxControl {
  reset(): Promise<void>;
  addFault(fault: object): Promise<void>;
  change(records: object): Promise<unknown>;
  records(): Promise<Record<string, unknown>[]>;
  patchSettings(settings: object): Promise<void>;
  lastRequest(): Promise<number>;
  requestsSince(sequence: number): Promise<{ method: string; path: string; status: number | null }[]>;
}

export function createSandboxControl(controlUrl: string): SandboxControl {
  const call = async (method: string, path: string, body?: object): Promise<never> => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(controlUrl + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (response.status === 204 ? undefined : await response.json()) as never;
  };
  return {
    reset: () => call('POST', '/reset'),
    addFault: (fault) => call('POST', '/faults', fault),
    change: (records) => call('POST', '/records', records),
    records: async () => {
      const { contacts, customers, people } = (await call('GET', '/records')) as Record<string, []>;
      return contacts ?? customers ?? people ?? [];
    },
    patchSettings: (settings) => call('PATCH', '/settings', settings),
    lastRequest: async () => ((await call('GET', '/requests')) as { last: number }).last,
    requestsSince: async (sequence) => ((await call('GET', `/requests?after=${sequence}`)) as { requests: [] }).requests,
  };
}
