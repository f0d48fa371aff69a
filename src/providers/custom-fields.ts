import {
  type CanonicalField,
  type ExtraField,
  type FieldName,
  fieldRow,
  isExtraField,
  isFieldName,
  type ProviderValues,
} from '#domain/contact.ts';
import { fieldTable } from '#domain/fields.ts';
import { normalizeName } from '#domain/normalize/name.ts';
import { normalizeLine, normalizeText } from '#domain/normalize/text.ts';

/** Fields of one text. Sets and refusals do not fit into a custom field. */
export type MappableField = CanonicalField | ExtraField;

/** The custom fields of one account that accord.yaml names, by the field that each of them holds. */
export type CustomFields = Readonly<Record<string, string>>;

/** Settings of an account, with its part of `extras` and `customFields` of accord.yaml. */
export interface WithCustomFields {
  customFields?: CustomFields | undefined;
}

const mappableTypes = new Set(['name', 'line', 'text', 'date', 'extra']);

/** The canonical fields that a custom field can hold. */
export const mappableFields = Object.entries(fieldTable).flatMap(([field, { type }]) =>
  mappableTypes.has(type) ? [field as CanonicalField] : [],
);

/** Each field that a custom field holds, with that custom field as accord.yaml names it. */
export function customFieldEntries(customFields: CustomFields = {}): [field: FieldName, named: string][] {
  return Object.entries(customFields).filter((entry): entry is [FieldName, string] => isFieldName(entry[0]));
}

/** The fields that custom fields hold. */
export function customFieldNames(customFields?: CustomFields): FieldName[] {
  return customFieldEntries(customFields).map(([field]) => field);
}

/** By field: its custom field in the account. Without one that the account does not have: an unreadable value is not empty. */
export function findDefinitions<Definition>(
  customFields: CustomFields | undefined,
  find: (named: string) => Definition | undefined,
): Map<FieldName, Definition> {
  const found = customFieldEntries(customFields).flatMap(([field, named]) => {
    const definition = find(named);
    return definition === undefined ? [] : [[field, definition] as const];
  });
  return new Map(found);
}

/** The custom fields that accord.yaml names, with the key of each one there. */
export function listSettings(customFields: CustomFields | undefined, providerId: string): { setting: string; field: string }[] {
  return customFieldEntries(customFields).map(([field, named]) => ({
    setting: `${isExtraField(field) ? field : `customFields.${field}`}.${providerId}`,
    field: named,
  }));
}

/** A custom field of a record. `id` tells it from another one that accord.yaml named before. */
export interface ReadCustomField {
  field: FieldName;
  id: string;
  /** Null when it is empty, undefined when it cannot be read. */
  text: string | null | undefined;
}

/** The values of a record's custom fields, with the ids of those that were read. */
export function toCustomValues(all: readonly ReadCustomField[]): ProviderValues {
  const values: ProviderValues = {};
  const ids: Record<string, string> = {};
  for (const { field, id, text } of all) {
    if (text === undefined) continue;
    Object.assign(values, readCustomText(field, text));
    ids[field] = id;
  }
  return { ...values, customFieldIds: ids };
}

/** A text of a custom field as a value of the field; nothing where it cannot be read, such as a date that is none. */
export function readCustomText(field: FieldName, text: string | null): ProviderValues {
  const value = normalizers[fieldRow(field).type]?.(text);
  return value === undefined ? {} : { [field]: value };
}

const normalizers: Partial<Record<ReturnType<typeof fieldRow>['type'], (text: string | null) => string | null | undefined>> = {
  name: normalizeName,
  line: normalizeLine,
  text: normalizeText,
  extra: normalizeText,
  date: (text) => {
    if (normalizeLine(text) === null) return null;
    return /^(\d{4}|-)-\d{2}-\d{2}(?=$|[T ])/.exec(text ?? '')?.[0];
  },
};
