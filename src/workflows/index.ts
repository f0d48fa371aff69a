export { syncContact } from './contact/sync-contact.ts';
export { deliverToEndpoint } from './delivery/deliver-to-endpoint.ts';
export { pruneDeliveries as pruneWebhooks } from './delivery/prune-deliveries.ts';
export { redriveDeliveries } from './delivery/redrive-deliveries.ts';
export { sendConfirmation } from './forms/send-confirmation.ts';
export { goLive } from './passes/go-live.ts';
export { pollProvider } from './passes/poll-provider.ts';
export { reconcileProvider } from './passes/reconcile-provider.ts';
export { reviewMatches } from './passes/review-matches.ts';
