import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { gohighlevel } from '#providers/gohighlevel/index.ts';
import type { WebhookVerdict } from '#providers/provider.ts';
import { gohighlevelSandbox } from '#sandbox/gohighlevel/index.ts';
import { createSandboxControl, type SandboxControl } from '#test/providers/sandbox-control.ts';
import { startVendorServer } from '#test/providers/vendor-server.ts';

/** The sandbox sends webhooks over HTTP, and the production routes receive them. */
let receiver: Awaited<ReturnType<typeof startVendorServer>>;
let running: Awaited<ReturnType<typeof gohighlevelSandbox.start>>;
let sandbox: SandboxControl;

beforeAll(async () => {
  receiver = await startVendorServer();
  running = await gohighlevelSandbox.start({ webhookTargets: [`${receiver.url}/webhook`] });
  sandbox = createSandboxControl(running.controlUrl);
});
beforeEach(() => sandbox.reset());
afterAll(async () => {
  await running.close();
  await receiver.close();
});

/** Creates a contact, and returns its id and the verdict of the route at `path` on the first webhook. */
async function deliverOne(
  path: string,
  settings: object,
): Promise<{ id: string | undefined; verdict: WebhookVerdict | undefined }> {
  await sandbox.patchSettings({ ...settings, workflowHeaders: { 'x-accord-secret': 'workflow secret 1' } });
  const delivered = Promise.withResolvers<WebhookVerdict | undefined>();
  receiver.answer(({ headers, body }, response) => {
    response.end('{}');
    const route = gohighlevel.webhookRoutes?.find(({ paths }) => paths.includes(path));
    const request = { headers, rawBody: Buffer.from(body), receivedAt: new Date() };
    delivered.resolve(route?.receive(request, { account: gohighlevel.accountSchema.parse({}), secrets: readSecrets() }));
  });
  const { contacts } = (await sandbox.change({ contacts: [{ firstName: 'Ada', phone: '+12055550143' }] })) as {
    contacts: string[];
  };
  return { id: contacts[0], verdict: await delivered.promise };
}

function readSecrets() {
  const info = running.info() as Record<string, string>;
  return gohighlevel.secretsSchema.parse({
    GHL_LOCATION_ID: info.locationId,
    GHL_API_KEY: info.token,
    GHL_APP_ID: info.appId,
    GHL_WEBHOOK_PUBLIC_KEY: info.webhookPublicKey,
    GHL_WEBHOOK_SECRET: info.hmacSecret,
    GHL_WORKFLOW_SECRET: 'workflow secret 1',
  });
}

it.each([
  ['/webhook/ghl', 'native', 'ed25519', 'ContactCreate'],
  ['/webhook/ghl', 'hmac', 'hmac-sha256', 'ContactCreate'],
  ['/webhook/ghl-workflow', 'workflow', 'static-secret', 'Workflow'],
])('%s accepts webhooks of the %s scheme', async (path, webhookScheme, scheme, type) => {
  const { id, verdict } = await deliverOne(path, { webhookScheme });
  expect(verdict).toMatchObject({ kind: 'accepted', scheme, events: [{ type, externalId: id }] });
});

it.each([
  [{ webhookSignature: 'corrupt' }, { kind: 'refused', code: 'wrong-signature' }],
  [{ webhookSignature: 'missing' }, { kind: 'refused', code: 'missing-signature' }],
  [{ webhookSignature: 'N/A' }, { kind: 'refused', code: 'missing-signature' }],
  [{ webhookAppId: 'somebody-else' }, { kind: 'ignored' }],
])('/webhook/ghl rejects a webhook with %j', async (settings, expected) => {
  expect((await deliverOne('/webhook/ghl', settings)).verdict).toMatchObject(expected);
});
