import { z } from 'zod';
import type { Store } from '#sandbox/core/store.ts';
import { newId } from '#sandbox/gohighlevel/ids.ts';

/** HighLevel docs: apps/locations.json, GET /locations/{locationId}/customFields. */
export interface CustomFieldDefinition {
  id: string;
  name: string;
  /** With its model as prefix: `contact.accord_id`. Writes may omit the prefix. */
  fieldKey: string;
  dataType: string;
  /** Of the kinds with options. */
  picklistOptions?: string[];
  model: 'contact';
  locationId: string;
}

export const customFieldSeed = z.strictObject({
  id: z.string().default(newId),
  name: z.string(),
  fieldKey: z.string().optional(),
  dataType: z
    .enum([
      'TEXT',
      'LARGE_TEXT',
      'NUMERICAL',
      'MONETORY',
      'PHONE',
      'SINGLE_OPTIONS',
      'RADIO',
      'MULTIPLE_OPTIONS',
      'CHECKBOX',
      'DATE',
    ])
    .default('TEXT'),
  picklistOptions: z.array(z.string()).optional(),
});

export interface CustomFields {
  find(by: { id?: string | undefined; key?: string | undefined }): CustomFieldDefinition | undefined;
  all(): CustomFieldDefinition[];
  define(seed: z.output<typeof customFieldSeed>, locationId: string): CustomFieldDefinition;
  remove(id: string): void;
}

/** The location's custom fields. */
export function createCustomFields(store: Store): CustomFields {
  const definitions = store.collection<CustomFieldDefinition>('custom-fields');
  return {
    find({ id, key }) {
      if (id !== undefined) return definitions.get(id);
      const fieldKey = key?.startsWith('contact.') ? key : `contact.${key}`;
      return [...definitions.values()].find((definition) => definition.fieldKey === fieldKey);
    },
    all: () => [...definitions.values()],
    define({ id, name, fieldKey, dataType, picklistOptions }, locationId) {
      const key = fieldKey ?? `contact.${name.trim().toLowerCase().replace(/\W+/g, '_')}`;
      const options = picklistOptions === undefined ? {} : { picklistOptions };
      const definition: CustomFieldDefinition = { id, name, fieldKey: key, dataType, ...options, model: 'contact', locationId };
      definitions.put(id, definition);
      return definition;
    },
    remove: (id) => void definitions.delete(id),
  };
}
