import type { Provider } from '#providers/provider.ts';
import { connect } from './client.ts';
import { connector } from './connector.ts';
import { acceptedItems, fields, fitValues } from './fit-values.ts';
import { accountSchema, type GoogleAccount, type GoogleSecrets, secretsSchema, vendor } from './settings.ts';

/** Google Contacts, one account, by the People API v1. It has no webhooks, so Accord polls it every minute. */
export const google: Provider<GoogleAccount, GoogleSecrets> = {
  ...vendor,
  fields,
  customFields: {
    help: 'the label of the custom field of contacts, or `userDefined` for one with the name of ours.',
    only: [],
    ownName: 'userDefined',
  },
  acceptedItems,
  pollSchedule: '* * * * *',
  doubles: {
    advice: 'In Google Contacts, select both contacts and choose Merge.',
    // No document names it: the address that Google Contacts shows. A resource name is `people/<id>`.
    toUrl: ({ externalId }) => `https://contacts.google.com/person/${externalId.replace(/^people\//, '')}`,
  },
  accountSchema,
  secretsSchema,
  // The token tells accounts apart: GOOGLE_ACCOUNT is a name that the operator chooses.
  accountVariables: ['GOOGLE_REFRESH_TOKEN', 'GOOGLE_ACCOUNT'],
  findOAuthAccount: ({ GOOGLE_ACCOUNT }) => GOOGLE_ACCOUNT,
  connector,
  fitValues,
  connect,
};
