import type { Provider } from '#providers/provider.ts';
import { connect } from './client.ts';
import { fields, fitValues } from './fit-values.ts';
import { vendor } from './refusals.ts';
import { accountSchema, type GoogleAccount, type GoogleSecrets, secretsSchema } from './settings.ts';

/** Google Contacts by the People API v1, one account. It pushes nothing, so it is asked every minute. */
export const google: Provider<GoogleAccount, GoogleSecrets> = {
  ...vendor,
  fields,
  pollSchedule: '* * * * *',
  accountSchema,
  secretsSchema,
  fitValues,
  connect,
};
