import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { square } from '#providers/index.ts';
import type { WebhookEvent, WebhookVerdict } from '#providers/provider.ts';
import { squareSandbox } from '#sandbox/square/index.ts';
import { createSandboxControl, type SandboxControl } from '#test/providers/sandbox-control.ts';
import { startVendorServer } from '#test/providers/vendor-server.ts';
import { eventually } from '#test/setup/eventually.ts';

/** The sandbox sends webhooks over HTTP, and the production route receives them. */
let receiver: Awaited<ReturnType<typeof startVendorServer>>;
let running: Awaited<ReturnType<typeof squareSandbox.start>>;
let sandbox: SandboxControl;
let verdicts: (WebhookVerdict | undefined)[];

beforeAll(async () => {
  receiver = await startVendorServer();
  running = await squareSandbox.start({ webhookTargets: [`${receiver.url}/webhooks/square`] });
  sandbox = createSandboxControl(running.controlUrl);
});
beforeEach(async () => {
  await sandbox.reset();
  verdicts = [];
  receiver.answer(({ url, headers, body }, response) => {
    response.end('{}');
    const route = square.webhookRoutes?.find(({ paths }) => paths.includes(url));
    const request = { headers, rawBody: Buffer.from(body), receivedAt: new Date() };
    verdicts.push(route?.receive(request, { account: square.accountSchema.parse({}), secrets: readSecrets() }));
  });
});
afterAll(async () => {
  await running.close();
  await receiver.close();
});

function readSecrets() {
  const info = running.info() as Record<string, string>;
  return square.secretsSchema.parse({
    SQUARE_ACCESS_TOKEN: info.token,
    SQUARE_MERCHANT_ID: info.merchantId,
    SQUARE_SIGNATURE_KEY: info.signatureKey,
    SQUARE_WEBHOOK_URL: `${receiver.url}/webhooks/square`,
  });
}

/** Makes a change and waits for so many verdicts. */
async function deliver(count: number, change: object): Promise<(WebhookVerdict | undefined)[]> {
  await sandbox.change(change);
  await eventually(() => expect(verdicts).toHaveLength(count));
  return verdicts;
}

const [a, b, merged] = ['OLDCUSTOMER000000000000001', 'OLDCUSTOMER000000000000002', 'NEWCUSTOMER000000000000003'];
const people = [a, b].map((id) => ({ id, given_name: 'Ada' }));

it('accepts created, updated and deleted customers', async () => {
  const customers = [
    { id: a, given_name: 'Zoë 東京' },
    { id: a, note: 'edited' },
  ];
  const received = await deliver(3, { customers, delete: [a] });
  const types = ['customer.created', 'customer.updated', 'customer.deleted'];
  const verdicts = types.map((type) => ({
    ...{ kind: 'accepted', scheme: 'hmac-sha256' },
    events: [expect.objectContaining({ type, externalId: a, accountId: 'MLSANDBOXMERCHANT' })],
  }));
  // In any order: Square sends them at the same time.
  expect(received).toEqual(expect.arrayContaining(verdicts));
});

it.each(['created-first', 'deleted-first'])('reports the ids of a merge, %s', async (mergeOrder) => {
  await sandbox.patchSettings({ mergeOrder });
  await deliver(2, { customers: people });
  const received = await deliver(5, { merge: { from_customer_ids: [a, b], to_customer_id: merged } });
  const events = received.slice(2).flatMap((verdict): WebhookEvent[] => (verdict?.kind === 'accepted' ? verdict.events : []));
  const shown = events.map(({ type, externalId, replaces }) => [type, externalId, replaces]);
  expect(shown).toHaveLength(3);
  expect(shown).toEqual(
    expect.arrayContaining([
      ['customer.created', merged, [a, b]],
      ['customer.deleted', a, undefined],
      ['customer.deleted', b, undefined],
    ]),
  );
});

it.each([
  [{ webhookSignature: 'corrupt' }, { kind: 'refused', code: 'wrong-signature' }],
  [{ webhookSignature: 'missing' }, { kind: 'refused', code: 'missing-signature' }],
])('refuses a webhook with %j', async (settings, expected) => {
  await sandbox.patchSettings(settings);
  expect(await deliver(1, { customers: [{ given_name: 'Ada' }] })).toMatchObject([expected]);
});

it('ignores a test notification of the Developer Console', async () => {
  expect(await deliver(1, { testNotification: true })).toMatchObject([{ kind: 'ignored' }]);
});
