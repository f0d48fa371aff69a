import type { Clock } from '#sandbox/core/clock.ts';
import type { Store } from '#sandbox/core/store.ts';
import { invalidRequest, notFound } from './api-error.ts';
import type { AttributeEventType } from './settings.ts';

/** Square docs (CustomAttributeDefinition). */
export interface AttributeDefinition {
  key: string;
  name?: string | undefined;
  description?: string | undefined;
  visibility: string;
  schema: Record<string, unknown>;
  version: number;
  created_at: string;
  updated_at: string;
}

/** Square docs (CustomAttribute). */
export interface CustomAttribute {
  key: string;
  value: unknown;
  version: number;
  visibility: string;
  created_at: string;
  updated_at: string;
}

interface StoredAttribute {
  customerId: string;
  attribute: CustomAttribute;
}

type Notify = (type: AttributeEventType, customerId: string, attribute: CustomAttribute) => void;
interface WriteOptions {
  quiet?: boolean;
}

export type CustomAttributes = ReturnType<typeof createCustomAttributes>;

/** The custom attributes of customers. Square docs: they are no part of the profile, and change neither its version nor its time. */
export function createCustomAttributes(store: Store, clock: Clock, notify: Notify) {
  const definitions = store.collection<AttributeDefinition>('attribute-definitions');
  const attributes = store.collection<StoredAttribute>('attributes');
  const idOf = (customerId: string, key: string) => `${customerId} ${key}`;

  function getDefinition(key: string): AttributeDefinition {
    const definition = definitions.get(key);
    if (!definition) throw notFound(`Custom attribute definition with key \`${key}\` not found.`);
    return definition;
  }

  function remove(customerId: string, key: string, { quiet }: WriteOptions = {}): void {
    const stored = attributes.get(idOf(customerId, key));
    if (!stored) throw notFound(`Custom attribute with key \`${key}\` not found.`);
    attributes.delete(idOf(customerId, key));
    if (!quiet) notify('customer.custom_attribute.visible.deleted', customerId, stored.attribute);
  }

  return {
    definitions: () => [...definitions.values()],
    getDefinition,
    define(seed: Pick<AttributeDefinition, 'key' | 'name' | 'description' | 'visibility' | 'schema'>): AttributeDefinition {
      if (definitions.get(seed.key)) throw invalidRequest('BAD_REQUEST', `There is a definition with key ${seed.key} already.`);
      const now = clock.isoNow();
      const definition = { ...seed, version: 1, created_at: now, updated_at: now };
      definitions.put(seed.key, definition);
      return definition;
    },
    /** Square docs (DeleteCustomerCustomAttributeDefinition): also deletes the attribute from all customers. */
    undefine(key: string): void {
      getDefinition(key);
      definitions.delete(key);
      for (const { customerId, attribute } of [...attributes.values()])
        if (attribute.key === key) attributes.delete(idOf(customerId, key));
    },
    listOf: (customerId: string) =>
      [...attributes.values()].filter((stored) => stored.customerId === customerId).map(({ attribute }) => attribute),
    /** Square docs (UpsertCustomerCustomAttribute): the value must conform to the schema of the definition. */
    upsert(customerId: string, { key, value }: { key: string; value: unknown }, { quiet }: WriteOptions = {}): CustomAttribute {
      const { schema, visibility } = getDefinition(key);
      if (!conforms(value, schema)) throw invalidRequest('INVALID_VALUE', 'The value does not conform to the schema.', 'value');
      const known = attributes.get(idOf(customerId, key))?.attribute;
      const now = clock.isoNow();
      const version = (known?.version ?? 0) + 1;
      const attribute = { key, value, version, visibility, created_at: known?.created_at ?? now, updated_at: now };
      attributes.put(idOf(customerId, key), { customerId, attribute });
      if (!quiet) notify('customer.custom_attribute.visible.updated', customerId, attribute);
      return attribute;
    },
    remove,
  };
}

/** Square docs (custom attributes, value data types). Types that Accord does not write are not checked. */
function conforms(value: unknown, schema: Record<string, unknown>): boolean {
  const { items } = schema;
  if (typeof items === 'object' && items !== null && 'enum' in items && Array.isArray(items.enum)) {
    const known: unknown[] = items.enum;
    return Array.isArray(value) && value.every((each) => known.includes(each));
  }
  switch (/#squareup\.common\.(\w+)$/.exec(String(schema.$ref ?? ''))?.[1]) {
    case 'String':
      return typeof value === 'string' && value.length <= 1_000;
    case 'Number':
      return typeof value === 'string' && /^-?\d+(\.\d{1,5})?$/.test(value);
    case 'Date':
      return typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value);
    case 'Boolean':
      return typeof value === 'boolean';
    default:
      return value !== null && value !== undefined;
  }
}
