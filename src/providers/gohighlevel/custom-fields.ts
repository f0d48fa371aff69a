import { shareNext } from '#concurrency/share-next.ts';
import { type FieldName, type ProviderValues, pickFields } from '#domain/contact.ts';
import { type CustomFields, customFieldNames, findDefinitions, toCustomValues } from '#providers/custom-fields.ts';
import { AuthenticationError } from '#providers/errors.ts';
import type { Send } from '#providers/http.ts';
import type { CallOptions } from '#providers/provider.ts';
import { fromCustomText, toCustomText } from './custom-values.ts';
import { customFieldsOperation } from './errors.ts';
import { type CustomFieldDefinition, customFieldsResponse, type GoHighLevelContact, type SearchRow } from './schema.ts';
import type { GoHighLevelAccount } from './settings.ts';

/** The custom fields of the location that hold fields of ours. */
export interface LocationFields {
  /** Without a field that the location does not have: an unreadable value is not empty. */
  byField: ReadonlyMap<FieldName, CustomFieldDefinition>;
  /** False where our key may not list them: then a field that a contact lacks may be empty or gone. */
  areListed: boolean;
}

export const noLocationFields: LocationFields = { byField: new Map(), areListed: true };

/** By field: the id or key of the custom field that accord.yaml names for it. */
export function findCustomFields({
  jobTitleField,
  customFields = {},
}: Pick<GoHighLevelAccount, 'jobTitleField' | 'customFields'>): CustomFields {
  return { ...(jobTitleField !== undefined && { jobTitle: jobTitleField }), ...customFields };
}

type ReadFields = (call?: CallOptions) => Promise<LocationFields>;

/**
 * Reads which of the named custom fields exist. Contacts have values by id only, and a contact without a value looks the same whether the
 * field is empty or deleted. So the fields are read after each answer; concurrent readers share one call, and an account that names
 * none makes none.
 */
export function createFieldReader(send: Send, account: GoHighLevelAccount, locationId: string): ReadFields {
  const wanted = findCustomFields(account);
  if (customFieldNames(wanted).length === 0) return async () => noLocationFields;
  return shareNext(async (call: CallOptions): Promise<LocationFields> => {
    try {
      const all = await listCustomFields(send, locationId, call);
      return { byField: findDefinitions(wanted, (named) => all.find((each) => isNamed(each, named))), areListed: true };
    } catch (error) {
      if (!(error instanceof AuthenticationError)) throw error;
      return { byField: findDefinitions(wanted, toUnlisted), areListed: false };
    }
  });
}

/** HighLevel docs: apps/locations.json; needs the scope `locations/customFields.readonly`. */
export async function listCustomFields(send: Send, locationId: string, call?: CallOptions): Promise<CustomFieldDefinition[]> {
  const path = `/locations/${encodeURIComponent(locationId)}/customFields`;
  const query = { model: 'contact' };
  const response = await send({ operation: customFieldsOperation, method: 'GET', path, query }, customFieldsResponse, call);
  return response.customFields;
}

/** By its id or its key, with or without the model in front of it. */
export function isNamed({ id, fieldKey }: CustomFieldDefinition, name: string): boolean {
  return id === name || (fieldKey !== null && (fieldKey === name || fieldKey === `contact.${name}`));
}

/** Without a listing, an id is all that is needed to read and write a text. A key, which has a full stop, says no id. */
function toUnlisted(named: string): CustomFieldDefinition | undefined {
  return named.includes('.') ? undefined : { id: named, name: null, fieldKey: null, dataType: null, picklistOptions: null };
}

/** The values of a contact's custom fields, with the ids of the fields that were read. */
export function readCustomValues(
  { customFields }: GoHighLevelContact | SearchRow,
  { byField, areListed }: LocationFields,
): ProviderValues {
  if (byField.size === 0) return {};
  const read = [...byField].map(([field, definition]) => {
    const { id } = definition;
    const held = customFields?.find((each) => each.id === id);
    const isUnknown = held === undefined && !areListed;
    return { field, id, text: isUnknown ? undefined : toCustomText(held?.value, definition) };
  });
  return toCustomValues(read);
}

/** The custom fields of a write. A field that the location does not have is left out: see `findMissingFields`. */
export function fromCustomValues(values: ProviderValues, { byField }: LocationFields): { id: string; field_value: unknown }[] {
  const written = [...byField].filter(([field]) => field in pickFields(values, [field]));
  return written.map(([field, definition]) => ({ id: definition.id, field_value: fromCustomText(values[field], definition) }));
}
