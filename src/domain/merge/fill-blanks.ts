import type { ContactFields, FieldName, ProviderValues } from '#domain/contact.ts';
import { isBlank, isDenyWinsField, isSetField, setFields } from '#domain/equality.ts';
import { sameName } from '#domain/normalize/name.ts';
import { refusalChannels } from '#domain/refusal.ts';
import { mergeRecord } from './merge-record.ts';
import type { FieldChange } from './merge-result.ts';

const nameFields: readonly FieldName[] = ['givenName', 'middleName', 'familyName', 'nameSuffix'];

/**
 * The values of a record that may only add to a contact: items of sets, refusals, and fields that the contact lacks. A part of a name is added
 * to the same name only, since parts of two names make a third one.
 */
export function fillBlanks(fields: ContactFields, values: ProviderValues): ProviderValues {
  const isSameName = (['givenName', 'familyName'] as const).every(
    (field) => isBlank(fields[field]) || isBlank(values[field]) || sameName(fields[field], values[field] ?? null),
  );
  const isWanted = (field: FieldName) => {
    if (isSetField(field)) return true;
    if (isDenyWinsField(field)) return refusalChannels.some((channel) => values[field]?.[channel] && !fields[field][channel]);
    return isBlank(fields[field]) && (isSameName || !nameFields.includes(field));
  };
  const wanted = Object.entries(values).filter(([field]) => isWanted(field as FieldName));
  return Object.fromEntries(wanted);
}

/** Both sides of every set stay, whatever accord.yaml says about conflicts: they are about two systems that were edited. */
export const fillingConflicts = {
  order: [],
  fields: Object.fromEntries(setFields.map((field) => [field, { mode: 'keep-both' as const }])),
};

/** The changes by a record that may only add to a contact. */
export function listFillingChanges(fields: ContactFields, values: ProviderValues): FieldChange[] {
  const { changes } = mergeRecord({
    ...{ fields, provenance: {}, base: null, theirs: fillBlanks(fields, values), echoPairs: {}, attempts: [] },
    ...{ provider: 'import', at: '', updatedAt: null, conflicts: fillingConflicts, fitValues: (own: ProviderValues) => own },
  });
  return changes;
}
