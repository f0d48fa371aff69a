export { deliverToEndpoint } from './deliver-to-endpoint.ts';
export { pollProvider } from './poll-provider.ts';
export { pruneWebhooks } from './prune-webhooks.ts';
export { reconcileProvider } from './reconcile-provider.ts';
export { redriveDeliveries } from './redrive-deliveries.ts';
export { syncContact } from './sync-contact.ts';
