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

/** The fields that custom fields hold. */
export function customFieldNames(customFields: CustomFields = {}): FieldName[] {
  return Object.keys(customFields).filter(isFieldName);
}

/** The key in accord.yaml of the custom field that holds the field. */
export function settingOf(field: FieldName, providerId: string): string {
  return `${isExtraField(field) ? field : `customFields.${field}`}.${providerId}`;
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
