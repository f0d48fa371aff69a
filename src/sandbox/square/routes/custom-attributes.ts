import { type Request, Router } from 'express';
import { z } from 'zod';
import { ApiError } from '#sandbox/square/api-error.ts';
import type { CustomAttributes } from '#sandbox/square/custom-attributes.ts';
import { parseBody, withCode } from '#sandbox/square/parse-body.ts';
import type { Vendor } from '#sandbox/square/vendor.ts';

const key = z.string().regex(/^([a-zA-Z0-9._-]+:)?[a-zA-Z0-9._-]{1,60}$/);

export const attributeDefinitionSeed = z.strictObject({
  key,
  name: z.string().max(255).optional(),
  description: z.string().max(255).optional(),
  visibility: z.enum(['VISIBILITY_HIDDEN', 'VISIBILITY_READ_ONLY', 'VISIBILITY_READ_WRITE_VALUES']).default('VISIBILITY_HIDDEN'),
  schema: z.record(z.string(), z.unknown()),
});

const definitionBody = z.object({
  custom_attribute_definition: attributeDefinitionSeed,
  idempotency_key: z.string().max(45).optional(),
});
const attributeBody = z.object({
  custom_attribute: z.object({ value: z.unknown(), version: z.int().optional() }),
  idempotency_key: z.string().max(45).nullish(),
});
const maxUpserts = 25;
const upsertsBody = z.object({
  values: z
    .record(z.string(), z.object({ customer_id: z.string(), custom_attribute: z.object({ key, value: z.unknown() }) }))
    .refine((map) => Object.keys(map).length > 0, withCode('BAD_REQUEST', 'At least one value is needed.'))
    .refine((map) => Object.keys(map).length <= maxUpserts, withCode('TOO_MANY_MAP_ENTRIES', `At most ${maxUpserts} values.`)),
});
const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().optional(),
  with_definitions: z.stringbool().default(false),
});

/** Square docs: Customer Custom Attributes API. Fixed paths come before those of one customer. */
export function customAttributeRoutes({ gate, book, attributes }: Vendor): Router {
  const router = Router();
  const customerOf = (request: Request) => book.getLiving(String(request.params.id)).id;
  const keyOf = (request: Request) => String(request.params.key);

  router.get(
    '/custom-attribute-definitions',
    gate({
      needs: 'CUSTOMERS_READ',
      handle: ({ request }) => pageOf('custom_attribute_definitions', attributes.definitions(), request),
    }),
  );
  router.post(
    '/custom-attribute-definitions',
    gate({
      needs: 'CUSTOMERS_WRITE',
      body: definitionBody,
      handle: ({ body }) => ({ custom_attribute_definition: attributes.define(body.custom_attribute_definition) }),
    }),
  );
  router.delete(
    '/custom-attribute-definitions/:key',
    gate({
      needs: 'CUSTOMERS_WRITE',
      handle({ request }) {
        attributes.undefine(keyOf(request));
        return {};
      },
    }),
  );
  router.post(
    '/custom-attributes/bulk-upsert',
    gate({
      needs: 'CUSTOMERS_WRITE',
      body: upsertsBody,
      handle: ({ body }) => ({ values: upsertAll(attributes, book, body.values) }),
    }),
  );
  router.get(
    '/:id/custom-attributes',
    gate({
      needs: 'CUSTOMERS_READ',
      handle({ request }) {
        const { with_definitions: isFull } = parseBody(pageQuery, request.query);
        const held = attributes.listOf(customerOf(request));
        const shown = isFull ? held.map((each) => ({ ...each, definition: attributes.getDefinition(each.key) })) : held;
        return pageOf('custom_attributes', shown, request);
      },
    }),
  );
  router.post(
    '/:id/custom-attributes/:key',
    gate({
      needs: 'CUSTOMERS_WRITE',
      body: attributeBody,
      handle: ({ request, body: { custom_attribute } }) => ({
        custom_attribute: attributes.upsert(customerOf(request), { key: keyOf(request), value: custom_attribute.value }),
      }),
    }),
  );
  router.delete(
    '/:id/custom-attributes/:key',
    gate({
      needs: 'CUSTOMERS_WRITE',
      handle({ request }) {
        attributes.remove(customerOf(request), keyOf(request));
        return {};
      },
    }),
  );
  return router;
}

/** Square docs (pagination): an empty page has no list, and the last one no cursor. */
function pageOf(name: string, rows: readonly object[], { query }: Request): object {
  const { limit, cursor } = parseBody(pageQuery, query);
  const start = Number(cursor ?? 0);
  const page = rows.slice(start, start + limit);
  return { ...(page.length > 0 && { [name]: page }), ...(start + limit < rows.length && { cursor: String(start + limit) }) };
}

type Upserts = z.output<typeof upsertsBody>['values'];

/** Answers in reverse order, so that no client relies on the order. */
function upsertAll(attributes: CustomAttributes, book: Vendor['book'], values: Upserts): object {
  const answers = Object.entries(values).map(([id, { customer_id, custom_attribute }]) => {
    try {
      const written = attributes.upsert(book.getLiving(customer_id).id, custom_attribute);
      return [id, { customer_id, custom_attribute: written }] as const;
    } catch (error) {
      if (error instanceof ApiError) return [id, { errors: error.errors }] as const;
      throw error;
    }
  });
  return Object.fromEntries(answers.toReversed());
}
