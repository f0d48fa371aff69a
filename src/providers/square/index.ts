import type { Provider } from '#providers/provider.ts';
import { connect } from './client.ts';
import { fields, fitValues } from './fit-values.ts';
import { vendor } from './refusals.ts';
import { accountSchema, type SquareAccount, type SquareSecrets, secretsSchema } from './settings.ts';
import { eventRoute } from './webhook.ts';

/** The customers of one seller at Square. */
export const square: Provider<SquareAccount, SquareSecrets> = {
  ...vendor,
  fields,
  // One half of a merge is the deletion of an id; the other half may come later, and the order is not documented.
  goneAfterSeconds: 120,
  accountSchema,
  secretsSchema,
  webhookRoutes: [eventRoute],
  fitValues,
  connect,
};
