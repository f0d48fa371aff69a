import { fieldNames, type ProviderValues } from '#domain/contact.ts';

/** A form may ask for every field of a contact. */
export const fields = fieldNames;

/** A submission is never written to, so every value fits as it is. Lists are left out: it has none. */
export function fitValues(values: ProviderValues): ProviderValues {
  const { lists: _, ...held } = values;
  return held;
}
