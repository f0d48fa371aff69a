import type { FieldName, ProviderValues } from '../../domain/contact.ts';

/** All of a contact can be asked for. */
export const fields = [
  'givenName',
  'familyName',
  'company',
  'emails',
  'phones',
  'addresses',
  'birthday',
  'tags',
  'note',
  'source',
  'doNotContact',
] as const satisfies readonly FieldName[];

/** Nothing is ever written to a submission, so nothing is altered on the way there. It has no lists. */
export function fitValues(values: ProviderValues): ProviderValues {
  const { lists: _, ...held } = values;
  return held;
}
