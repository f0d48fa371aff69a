import { type ContactFields, fieldNames, isExtraField, pickFields, toExtraField } from '#domain/contact.ts';

/**
 * The fields of a contact as `ContactFields` of the API has them: extras under one key. `extras`: their names in accord.yaml, which are
 * shown without a value as well. A value of an extra that accord.yaml no longer has is shown, too.
 */
export function showFields(fields: ContactFields, extras: readonly string[] = []) {
  const stored = Object.keys(fields).filter(isExtraField);
  const names = new Set([...extras.map(toExtraField), ...stored]);
  const values = [...names].map((field) => [field.slice('extras.'.length), toText(fields[field])] as const);
  return { ...pickFields(fields, fieldNames), extras: Object.fromEntries(values) };
}

function toText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
