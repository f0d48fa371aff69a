import type { Provider } from '#providers/provider.ts';
import { connect } from './client.ts';
import { acceptedItems, fields, fitValues } from './fit-values.ts';
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
  acceptedItems,
  hasNotes: true,
  accountSchema,
  secretsSchema,
  findOAuthAccount,
  webhookRoutes: [eventRoute, workflowRoute],
  fitValues,
  connect,
};
