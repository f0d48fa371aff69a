import type { ProviderRules } from '#contacts/contact-deps.ts';
import { fieldNames, toExtraField } from '#domain/contact.ts';

/** The provider of imported rows, in links and in the history. It is no account: nobody connects it, and nothing is written to it. */
export const importProvider: ProviderRules['provider'] = {
  id: 'import',
  name: 'Imported files',
  fields: fieldNames,
  isSourceOnly: true,
};

/** As every other provider has them, for the rules that look at the provider of a link. `extras`: their names in accord.yaml. */
export function toImportRules(extras: readonly string[]): ProviderRules {
  const fields = [...fieldNames, ...extras.map(toExtraField)];
  return { provider: { ...importProvider, fields }, fitValues: (values) => values };
}
