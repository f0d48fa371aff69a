import { type CustomFields, customFieldNames } from './custom-fields.ts';
import type { ConnectOptions, Provider } from './provider.ts';

/**
 * The provider of an account whose custom fields accord.yaml names: it holds the fields that they are for. The vendor's code finds them in
 * the settings of the account.
 */
export function withCustomFields(provider: Provider, customFields: CustomFields): Provider {
  const added = customFieldNames(customFields);
  if (added.length === 0) return provider;
  const toAccount = (account: unknown): unknown => ({ ...Object(account), customFields });
  const toOptions = (options: ConnectOptions<unknown, unknown>) => ({ ...options, account: toAccount(options.account) });
  return {
    ...provider,
    fields: [...new Set([...provider.fields, ...added])],
    fitValues: (values, account) => provider.fitValues(values, toAccount(account)),
    connect: (options) => provider.connect(toOptions(options)),
  };
}
