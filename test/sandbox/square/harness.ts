import { type SquareSettings, squareSandbox } from '#sandbox/square/index.ts';
import { call } from '#test/sandbox/core/http.ts';
import { startReceiver } from '#test/sandbox/core/receiver.ts';
import { vendorHarness } from '#test/sandbox/core/vendor-harness.ts';

/** Starts a sandbox on a free port, with a receiver of its webhooks. List and search do not lag unless `settings` says so. */
export async function startHarness(settings: Partial<SquareSettings> = {}) {
  const receiver = await startReceiver();
  const sandbox = await squareSandbox.start({ webhookTargets: [receiver.url], settings: { indexLagMs: 0, ...settings } });
  const headers = { authorization: `Bearer ${sandbox.settings.current.token}`, 'square-version': '2026-09-16' };
  const common = vendorHarness(sandbox, receiver);
  const api = (method: string, path: string, body?: unknown, more: Record<string, string> = {}) =>
    call(method, `${sandbox.url}/v2${path}`, body, { ...headers, ...more });

  return {
    ...common,
    /** Sends a request with a valid token; `body` is sent as JSON. */
    api,
    async create(fields: object): Promise<string> {
      const answer = await api('POST', '/customers', fields);
      if (answer.status !== 200) throw new Error(answer.text);
      return answer.json.customer.id;
    },
    read: async (id: string) => (await api('GET', `/customers/${id}`)).json.customer,
    /** Changes records as a seller in the Dashboard. */
    person: async (change: object) => (await common.control('POST', '/records', change)).json,
  };
}
