import type { Provider } from '#providers/provider.ts';
import { connect } from './client.ts';
import { connector } from './connector.ts';
import { acceptedItems, customOnly, fields, fitValues } from './fit-values.ts';
import {
  accountSchema,
  findOAuthAccount,
  type GoHighLevelAccount,
  type GoHighLevelSecrets,
  secretsSchema,
  vendor,
} from './settings.ts';
import { eventRoute, workflowRoute } from './webhook.ts';

/** HighLevel (GoHighLevel, LeadConnector), API v2, one location. */
export const gohighlevel: Provider<GoHighLevelAccount, GoHighLevelSecrets> = {
  ...vendor,
  fields,
  customFields: {
    help: 'the key of the custom field (Settings, Custom Fields), such as contact.membership, or its id.',
    only: customOnly,
  },
  acceptedItems,
  hasNotes: true,
  automations:
    'GoHighLevel runs its workflows for new contacts, changed contacts and added tags, whoever makes them: pause those that must not ' +
    'run for imported contacts.',
  doubles: {
    advice: 'In GoHighLevel, open Contacts, select both contacts, and choose Merge Contacts.',
    // No document names it: the address that the web app shows.
    toUrl: ({ externalId, accountId }) => `https://app.gohighlevel.com/v2/location/${accountId}/contacts/detail/${externalId}`,
  },
  accountSchema,
  secretsSchema,
  accountVariables: ['GHL_LOCATION_ID', 'GHL_API_KEY', 'GHL_REFRESH_TOKEN'],
  findOAuthAccount,
  connector,
  webhookRoutes: [eventRoute, workflowRoute],
  fitValues,
  connect,
};
