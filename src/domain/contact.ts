import { extraRow, type FieldRow, type FieldType, type FieldValues, fieldTable } from './fields.ts';
import type { DoNotContact } from './values.ts';

export type CanonicalField = keyof typeof fieldTable;

/** A field that accord.yaml names under `extras`, such as `extras.membership`. */
export type ExtraField = `extras.${string}`;

export type FieldName = CanonicalField | ExtraField;

/**
 * The canonical contact: the values of one person, merged from all providers. The value of an extra is a text or null (`FieldValues`), and
 * may be absent. Its type is `unknown` here, because TypeScript takes every computed name for that of an extra.
 */
export type ContactFields = { [Field in CanonicalField]: FieldValues[(typeof fieldTable)[Field]['type']] } & {
  [Field in ExtraField]?: unknown;
};

/** The source of a field's value. */
export interface FieldProvenance {
  provider: string;
  /** When the value reached Accord, ISO 8601. */
  changedAt: string;
  /** When the record changed, by the provider's clock. */
  updatedAt?: string;
  /** Of `doNotContact`. */
  by?: Refusers;
  /** Of a set: the key of the item that has to come first, while it does. */
  first?: string;
}

/**
 * The records that refuse each channel, as `provider:link`, or only their provider where the record is not known. A channel opens again
 * once all of them have lifted their refusal.
 */
export type Refusers = Partial<Record<keyof DoNotContact, string[]>>;

export type Provenance = Partial<Record<FieldName, FieldProvenance>>;

/**
 * The values in one provider's record: only the fields that the provider can hold.
 * `lists` are named memberships that are not contact fields, such as the buckets of a dialer.
 * `customFieldIds`: by field, the vendor's id of the custom field that holds it. Another id is another field, whose values have never been read.
 */
export type ProviderValues = Partial<ContactFields> & { lists?: string[]; customFieldIds?: Record<string, string> };

/** A change to one provider's record. Tags and lists are added and removed one by one, because other people edit them too. */
export interface RecordPatch {
  set: Partial<Omit<ContactFields, 'tags'>>;
  addTags: string[];
  removeTags: string[];
  addLists: string[];
  removeLists: string[];
}

export type FieldOfType<Type extends FieldType> = {
  [Field in CanonicalField]: (typeof fieldTable)[Field]['type'] extends Type ? Field : never;
}[CanonicalField];

/** The canonical fields. Extras are beside them: see `listFields`. */
export const fieldNames = Object.keys(fieldTable).filter(isCanonicalField);

/** The canonical fields, and the extras that any of the sides has. */
export function listFields(...sides: readonly object[]): FieldName[] {
  const extras = new Set(sides.flatMap((side) => Object.keys(side).filter(isExtraField)));
  return [...fieldNames, ...[...extras].toSorted()];
}

/** The field's row of the table. All extras share one. */
export function fieldRow(field: FieldName): FieldRow {
  return isExtraField(field) ? extraRow : fieldTable[field];
}

/** Names of the fields of one type. */
export function listFieldsOfType<Type extends FieldType>(type: Type): FieldOfType<Type>[] {
  return fieldNames.filter((field): field is FieldOfType<Type> => fieldTable[field].type === type);
}

const emptyValues: FieldValues = {
  name: null,
  line: null,
  text: null,
  date: null,
  emails: [],
  phones: [],
  addresses: [],
  tags: [],
  refusals: { call: false, sms: false, email: false },
  extra: null,
};

/** A contact of which nothing is known. */
export const emptyFields = Object.fromEntries(
  fieldNames.map((field) => [field, emptyValues[fieldTable[field].type]]),
  // TypeScript does not follow a name through the table to its value.
) as ContactFields;

/** One field of a contact, to be told apart by its type. */
export type FieldValue = { [Type in FieldType]: { type: Type; value: FieldValues[Type] } }[FieldType];

/** The field's type with its value, so that a `switch` over the type narrows the value. */
export function toFieldValue(field: FieldName, fields: ContactFields): FieldValue {
  // TypeScript does not see that the table gives the field both its type and its value.
  return { type: fieldRow(field).type, value: fields[field] ?? emptyValueOf(field) } as FieldValue;
}

/** The value of a field of which nothing is known. */
export function emptyValueOf(field: FieldName): unknown {
  return emptyValues[fieldRow(field).type];
}

/** The values of the named fields. A field that has no value in `values` has none in the result. */
export function pickFields(values: ProviderValues, fields: readonly (keyof ProviderValues)[]): ProviderValues {
  return Object.fromEntries(fields.filter((field) => field in values).map((field) => [field, values[field]]));
}

/** Whether the value, of any type, is the name of a field: a canonical one or an extra. */
export function isFieldName(name: unknown): name is FieldName {
  return isCanonicalField(name) || isExtraField(name);
}

/** Whether the value, of any type, is the name of a canonical field. */
export function isCanonicalField(name: unknown): name is CanonicalField {
  return typeof name === 'string' && Object.hasOwn(fieldTable, name);
}

/** The names that accord.yaml may give to extras: as keys of JSON, columns of CSV and parts of messages, they need no quotes. */
export const extraName = /^[a-z][a-z\d_]{0,49}$/;

/** Whether the value, of any type, is the name of an extra. */
export function isExtraField(name: unknown): name is ExtraField {
  return typeof name === 'string' && name.startsWith('extras.') && extraName.test(name.slice('extras.'.length));
}

/** `membership` → `extras.membership`. */
export function toExtraField(name: string): ExtraField {
  return `extras.${name}`;
}

/** The names of the values that are present. */
export function valueNames(values: ProviderValues): (keyof ProviderValues)[] {
  return Object.keys(values).filter((name) => name === 'lists' || isFieldName(name));
}
