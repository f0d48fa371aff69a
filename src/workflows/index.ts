export { pollProvider } from './poll-provider.ts';
export { reconcileProvider } from './reconcile-provider.ts';
export { syncContact } from './sync-contact.ts';
