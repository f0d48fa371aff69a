import type { Provider } from '#providers/provider.ts';
import { connect } from './client.ts';
import { connector } from './connector.ts';
import { acceptedItems, fields, fitCustomValues, fitValues, readOnlyFields } from './fit-values.ts';
import { accountSchema, findOAuthAccount, type SquareAccount, type SquareSecrets, secretsSchema, vendor } from './settings.ts';
import { eventRoute } from './webhook.ts';

/** The customers of one Square seller. */
export const square: Provider<SquareAccount, SquareSecrets> = {
  ...vendor,
  fields,
  customFields: {
    help: 'the key of the custom attribute of customers, such as membership; of a custom field that was made in the Dashboard, `square:` and its id.',
    only: [],
  },
  acceptedItems,
  readOnlyFields,
  // A merge deletes the old ids, and creates a record that may appear later: Square documents no order.
  goneAfterSeconds: 120,
  doubles: {
    advice: 'In Square Dashboard, open Customers, Directory, select both customers, and choose Merge.',
    // No document names it: the address that the dashboard shows.
    toUrl: ({ externalId }) => `https://app.squareup.com/dashboard/customers/directory/customer/${externalId}`,
  },
  accountSchema,
  secretsSchema,
  accountVariables: ['SQUARE_MERCHANT_ID', 'SQUARE_ACCESS_TOKEN', 'SQUARE_REFRESH_TOKEN'],
  findOAuthAccount,
  connector,
  webhookRoutes: [eventRoute],
  fitValues: (values, account) => ({ ...fitValues(values), ...fitCustomValues(values, account) }),
  connect,
};
