import { emptyFields, type FieldName, type ProviderValues } from '#domain/contact.ts';

/** All of a contact can be asked for. */
export const fields = Object.keys(emptyFields) as FieldName[];

/** Nothing is ever written to a submission, so nothing is altered on the way there. It has no lists. */
export function fitValues(values: ProviderValues): ProviderValues {
  const { lists: _, ...held } = values;
  return held;
}
