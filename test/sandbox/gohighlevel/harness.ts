import { type GoHighLevelSettings, gohighlevelSandbox } from '#sandbox/gohighlevel/index.ts';
import { call } from '#test/sandbox/core/http.ts';
import { startReceiver } from '#test/sandbox/core/receiver.ts';
import { vendorHarness } from '#test/sandbox/core/vendor-harness.ts';

/** Starts a sandbox on a free port, with a receiver of its webhooks. Rate limit and search lag are off unless `settings` sets them. */
export async function startHarness(settings: Partial<GoHighLevelSettings> = {}) {
  const receiver = await startReceiver();
  const quick = { rateLimitMax: 1_000_000, searchLagMs: 0, webhookRetryJitterMs: 0 };
  const sandbox = await gohighlevelSandbox.start({ webhookTargets: [receiver.url], settings: { ...quick, ...settings } });
  const { locationId, token } = sandbox.settings.current;
  const headers = { authorization: `Bearer ${token}`, version: '2021-07-28' };

  const common = vendorHarness(sandbox, receiver);
  return {
    ...common,
    locationId,
    headers,
    /** Sends a request with a valid token; `body` is sent as JSON. */
    api: (method: string, path: string, body?: unknown, more: Record<string, string> = {}) =>
      call(method, `${sandbox.url}${path}`, body, { ...headers, ...more }),
    async create(fields: object): Promise<string> {
      const answer = await call('POST', `${sandbox.url}/contacts/`, { locationId, ...fields }, headers);
      if (answer.status !== 201) throw new Error(answer.text);
      return answer.json.contact.id;
    },
  };
}
