import { z } from 'zod';
import { type FieldName, isCanonicalField, toExtraField } from '#domain/contact.ts';
import { type CustomFields, mappableFields } from '#providers/custom-fields.ts';
import type { Provider } from '#providers/provider.ts';

/** A listing of vendors' custom fields has at most a hundred rows in one call, and a person reads the list. */
const maxExtras = 50;

const extraNameSchema = z
  .string()
  .regex(/^[a-z][a-z\d_]{0,49}$/, 'An extra has a name of lower-case letters, digits and underscores, such as membership.')
  .refine((name) => !isCanonicalField(name), 'is a field of every contact: name its custom fields under customFields.')
  .refine(
    (name) => !canonicalKeys.has(name.replaceAll('_', '')),
    'is a field of every contact: name its custom fields under customFields.',
  );

const canonicalKeys = new Set(mappableFields.map((field) => field.toLowerCase()));

/** `extras` of accord.yaml: fields that only this business has. */
export function extrasSchema(providers: readonly Provider[]) {
  return z
    .record(extraNameSchema, placesSchema(providers, 'The custom field of each account that holds the extra.'))
    .default({})
    .refine((extras) => Object.keys(extras).length <= maxExtras, `names more than ${maxExtras} extras`)
    .describe(
      'Fields that only this business has, by a name of your choice: which custom field of each account holds them. They sync by the same ' +
        'rules as all fields. An account that is not named never gets the value.',
    );
}

/** `customFields` of accord.yaml: canonical fields that a vendor has no field of its own for. */
export function customFieldsSchema(providers: readonly Provider[]) {
  const fields = mappableFields.map((field) => {
    return [field, placesSchema(providers, `The custom field of each account that holds ${field}.`).exactOptional()] as const;
  });
  return z
    .strictObject(Object.fromEntries(fields))
    .prefault({})
    .describe('Custom fields for what every contact has, where the vendor has no field of its own for it.');
}

function placesSchema(providers: readonly Provider[], description: string) {
  const places = providers.flatMap(({ id, name, customFields }) => {
    if (!customFields) return [];
    const field = z.string().regex(/^\S(.*\S)?$/, 'must be the name of a custom field, without spaces around it');
    return [[id, field.exactOptional().describe(`${name}: ${customFields.help}`)] as const];
  });
  return z.strictObject(Object.fromEntries(places)).describe(description);
}

interface Mapping {
  extras: Readonly<Record<string, Readonly<Record<string, string | undefined>>>>;
  customFields: Readonly<Record<string, Readonly<Record<string, string | undefined>> | undefined>>;
}

/** One custom field that the file names. */
interface Place {
  field: FieldName;
  provider: string;
  customField: string;
  path: string[];
}

/** By account id: the custom fields that hold each field. */
export function readCustomFields(mapping: Mapping, providers: readonly Provider[]): Record<string, CustomFields> {
  const byAccount: Record<string, Record<string, string>> = {};
  for (const { field, provider, customField } of listPlaces(mapping, providers)) {
    byAccount[provider] = { ...byAccount[provider], [field]: customField };
  }
  return byAccount;
}

/** Custom fields that would hold two fields, and fields that the vendor has already. */
export function checkCustomFields(mapping: Mapping, providers: readonly Provider[]): { path: string[]; message: string }[] {
  const places = listPlaces(mapping, providers);
  const accounts = toAccounts(providers);
  return places.flatMap(({ field, provider, customField, path }, at) => {
    const { name = provider, fields = [], customFields } = accounts.get(provider) ?? {};
    if (fields.includes(field) && !customFields?.only.includes(field))
      return [{ path, message: `${name} has a field of its own for ${field}: remove it here` }];
    const isSame = (other: Place) => other.provider === provider && other.customField === customField;
    const first = places.findIndex(isSame);
    const before = places[first];
    return before && first < at ? [{ path, message: `is the custom field of ${before.path.slice(0, 2).join('.')} already` }] : [];
  });
}

function listPlaces({ extras, customFields }: Mapping, providers: readonly Provider[]): Place[] {
  const accounts = toAccounts(providers);
  const own = Object.entries(extras).map(([name, places]) => ({ field: toExtraField(name), section: 'extras', name, places }));
  const canonical = Object.entries(customFields).flatMap(([name, places]) =>
    isCanonicalField(name) && places ? [{ field: name, section: 'customFields', name, places }] : [],
  );
  return [...own, ...canonical].flatMap(({ field, section, name, places }) =>
    Object.entries(places).flatMap(([provider, text]) => {
      if (text === undefined) return [];
      const customField = text === accounts.get(provider)?.customFields?.ownName ? name : text;
      return [{ field, provider, customField, path: [section, name, provider] }];
    }),
  );
}

function toAccounts(providers: readonly Provider[]): Map<string, Provider> {
  return new Map(providers.map((provider) => [provider.id, provider]));
}
