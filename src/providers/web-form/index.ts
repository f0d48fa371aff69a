import type { Provider } from '#providers/provider.ts';
import { connect, vendor } from './client.ts';
import { fields, fitValues } from './fit-values.ts';
import { accountSchema, secretsSchema, type WebFormAccount, type WebFormSecrets } from './settings.ts';

/** The forms of accord.yaml: a hosted page, a snippet for other sites, and a URL for programs. A submission is never changed. */
export const webform: Provider<WebFormAccount, WebFormSecrets> = {
  ...vendor,
  isSourceOnly: true,
  fields,
  accountSchema,
  secretsSchema,
  fitValues,
  connect,
};
