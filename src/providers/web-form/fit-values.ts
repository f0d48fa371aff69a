import { fieldNames, type ProviderValues } from '#domain/contact.ts';

/** A form may ask for every field of a contact. */
export const fields = fieldNames;

/** Nothing is ever written to a submission, so nothing is altered on the way there. It has no lists. */
export function fitValues(values: ProviderValues): ProviderValues {
  const { lists: _, ...held } = values;
  return held;
}
