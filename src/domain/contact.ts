import { type FieldType, type FieldValues, fieldTable } from './fields.ts';
import type { DoNotContact } from './values.ts';

export type FieldName = keyof typeof fieldTable;

/** The canonical contact: the values of one person, merged from all providers. */
export type ContactFields = { [Field in FieldName]: FieldValues[(typeof fieldTable)[Field]['type']] };

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
 */
export type ProviderValues = Partial<ContactFields> & { lists?: string[] };

/** A change to one provider's record. Tags and lists are added and removed one by one, because other people edit them too. */
export interface RecordPatch {
  set: Partial<Omit<ContactFields, 'tags'>>;
  addTags: string[];
  removeTags: string[];
  addLists: string[];
  removeLists: string[];
}

export type FieldOfType<Type extends FieldType> = {
  [Field in FieldName]: (typeof fieldTable)[Field]['type'] extends Type ? Field : never;
}[FieldName];

export const fieldNames = Object.keys(fieldTable).filter(isFieldName);

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
  return { type: fieldTable[field].type, value: fields[field] } as FieldValue;
}

/** The values of the named fields. A field that has no value in `values` has none in the result. */
export function pickFields(values: ProviderValues, fields: readonly (keyof ProviderValues)[]): ProviderValues {
  return Object.fromEntries(fields.filter((field) => field in values).map((field) => [field, values[field]]));
}

/** Whether the value, of any type, is the name of a canonical field. */
export function isFieldName(name: unknown): name is FieldName {
  return typeof name === 'string' && Object.hasOwn(fieldTable, name);
}

/** The names of the values that are present. */
export function valueNames(values: ProviderValues): (keyof ProviderValues)[] {
  return Object.keys(values).filter((name) => name === 'lists' || isFieldName(name));
}
