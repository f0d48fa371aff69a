import type { Provider } from '#providers/provider.ts';
import { connect } from './client.ts';
import { fields, fitValues } from './fit-values.ts';
import {
  accountSchema,
  findMissingSettings,
  secretsSchema,
  vendor,
  type WebFormAccount,
  type WebFormSecrets,
} from './settings.ts';

/** The forms of accord.yaml: a hosted page, an embed script for other sites, and a URL for programs. A submission is never changed. */
export const webform: Provider<WebFormAccount, WebFormSecrets> = {
  ...vendor,
  isSourceOnly: true,
  fields,
  accountSchema,
  secretsSchema,
  checkSettings: ({ account, secrets }) => findMissingSettings(account, secrets),
  fitValues,
  connect,
};
