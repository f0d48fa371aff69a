import type { CallOptions, MissingField } from '#providers/provider.ts';
import type { Connection } from './connection.ts';
import { customFieldsOperation } from './errors.ts';
import { customFieldsResponse } from './schema.ts';

const settings = ['referenceField', 'jobTitleField'] as const;

/** Finds the configured custom fields that the location does not have. HighLevel docs: apps/locations.json; needs the scope `locations/customFields.readonly`. */
export async function findMissingFields({ send, account, locationId }: Connection, call?: CallOptions): Promise<MissingField[]> {
  const configured = settings.flatMap((setting) => {
    const field = account[setting];
    return field === undefined ? [] : [{ setting: `accounts.gohighlevel.${setting}`, field }];
  });
  if (configured.length === 0) return [];
  const path = `/locations/${encodeURIComponent(locationId)}/customFields`;
  const query = { model: 'contact' };
  const response = await send({ operation: customFieldsOperation, method: 'GET', path, query }, customFieldsResponse, call);
  const known = new Set(response.customFields.map(({ id }) => id));
  const existing = response.customFields.map(({ id, name }) => (name === null ? id : `${id} (${name})`));
  return configured.filter(({ field }) => !known.has(field)).map((missing) => ({ ...missing, existing }));
}
