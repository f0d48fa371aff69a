import type { Provider } from '#providers/provider.ts';
import { connect } from './client.ts';
import { vendor } from './dialer.ts';
import { fields, fitValues } from './fit-values.ts';
import { accountSchema, type CallToolsAccount, type CallToolsSecrets, secretsSchema } from './settings.ts';

/** The dialer of calltools.com. It pushes only what is new, never what has changed: we ask for that instead. */
export const calltools: Provider<CallToolsAccount, CallToolsSecrets> = {
  ...vendor,
  fields,
  pollSchedule: '*/5 * * * *',
  accountSchema,
  secretsSchema,
  fitValues,
  connect,
};
