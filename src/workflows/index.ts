export { reconcileProvider } from './reconcile-provider.ts';
export { syncContact } from './sync-contact.ts';
