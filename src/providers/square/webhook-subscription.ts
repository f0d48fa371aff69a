import { createHash } from 'node:crypto';
import { AuthenticationError } from '#providers/errors.ts';
import type { ConnectOptions } from '#providers/provider.ts';
import { subscriptionResponse, subscriptionsResponse } from './schema.ts';
import { createSdkSend } from './send.ts';
import type { SquareAccount, SquareSecrets } from './settings.ts';

const eventTypes = [
  ...['customer.created', 'customer.updated', 'customer.deleted', 'oauth.authorization.revoked'],
  ...['customer.custom_attribute.visible.updated', 'customer.custom_attribute.visible.deleted'],
];

/**
 * Square docs (Webhook Subscriptions API): a subscription belongs to the application, so that only its own access token may make one, not
 * the grant of a seller. Square shows the signature key in each response. Null when we have no such token.
 */
export async function subscribe(
  options: ConnectOptions<SquareAccount, SquareSecrets>,
  url: string,
): Promise<Record<string, string> | null> {
  const { SQUARE_APP_TOKEN: appToken, SQUARE_ACCESS_TOKEN: accessToken } = options.secrets;
  const token = appToken ?? accessToken;
  if (token === undefined) return null;
  const send = createSdkSend({ ...options, secrets: { ...options.secrets, SQUARE_ACCESS_TOKEN: token } });
  try {
    const { subscriptions } = await send(
      { operation: 'list webhook subscriptions', request: (_, request, sdk) => sdk.webhooks.subscriptions.list({}, request) },
      subscriptionsResponse,
    );
    const existing = subscriptions?.find(({ notification_url }) => notification_url === url);
    const subscription = existing ?? (await create(send, url));
    return subscription.signature_key ? { SQUARE_SIGNATURE_KEY: subscription.signature_key, SQUARE_WEBHOOK_URL: url } : null;
  } catch (error) {
    // The token of a seller.
    if (error instanceof AuthenticationError) return null;
    throw error;
  }
}

async function create(send: ReturnType<typeof createSdkSend>, notificationUrl: string) {
  const idempotencyKey = createHash('sha256').update(notificationUrl).digest('hex').slice(0, 45);
  const { subscription } = await send(
    {
      operation: 'create webhook subscription',
      request: (_, request, sdk) =>
        sdk.webhooks.subscriptions.create(
          { idempotencyKey, subscription: { name: 'Accord', eventTypes, notificationUrl } },
          request,
        ),
    },
    subscriptionResponse,
  );
  return subscription;
}
