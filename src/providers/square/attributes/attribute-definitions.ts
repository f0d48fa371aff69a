import { shareNext } from '#concurrency/share-next.ts';
import type { FieldName } from '#domain/contact.ts';
import { customFieldNames, findDefinitions, listSettings } from '#providers/custom-fields.ts';
import type { CallOptions, MissingField } from '#providers/provider.ts';
import { type AttributeDefinition, definitionsResponse } from '#providers/square/schema.ts';
import type { Send } from '#providers/square/send.ts';
import { type SquareAccount, vendor } from '#providers/square/settings.ts';

/** By field: the definition of the custom attribute that holds it. Without one that the seller does not have. */
export type Definitions = ReadonlyMap<FieldName, AttributeDefinition>;

type ReadDefinitions = (call?: CallOptions) => Promise<Definitions>;

/**
 * Reads which of the named attributes exist. A customer without a value looks the same whether the attribute is empty or its definition
 * deleted, so definitions are read after each answer; concurrent readers share one call, and an account that names none makes none.
 */
export function createDefinitionReader(send: Send, { customFields }: SquareAccount): ReadDefinitions {
  if (customFieldNames(customFields).length === 0) return async () => new Map();
  return shareNext(async (call: CallOptions): Promise<Definitions> => {
    const all = await listDefinitions(send, call);
    return findDefinitions(customFields, (named) => all.find(({ key }) => key === named));
  });
}

/** Square docs (ListCustomerCustomAttributeDefinitions): at most 100 in one page. */
async function listDefinitions(send: Send, call?: CallOptions): Promise<AttributeDefinition[]> {
  const all: AttributeDefinition[] = [];
  let cursor: string | null = null;
  do {
    const query = { limit: 100, ...(cursor !== null && { cursor }) };
    const page: { custom_attribute_definitions?: AttributeDefinition[] | null | undefined; cursor: string | null } = await send(
      {
        operation: 'list custom attribute definitions',
        request: async ({ customAttributeDefinitions }, options) =>
          (await customAttributeDefinitions.list(query, options)).response,
      },
      definitionsResponse,
      call,
    );
    all.push(...(page.custom_attribute_definitions ?? []));
    cursor = page.cursor || null;
  } while (cursor !== null);
  return all;
}

/** Finds the named attributes that the seller does not have, or that our application may not see. */
export async function findMissingFields(
  send: Send,
  { customFields }: SquareAccount,
  call?: CallOptions,
): Promise<MissingField[]> {
  const named = listSettings(customFields, vendor.id);
  if (named.length === 0) return [];
  const all = await listDefinitions(send, call);
  const existing = all.map(({ key, name }) => (name === null ? key : `${key} (${name})`));
  return named.filter(({ field }) => !all.some(({ key }) => key === field)).map((missing) => ({ ...missing, existing }));
}
