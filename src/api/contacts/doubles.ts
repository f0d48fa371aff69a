import { z } from 'zod';
import type { ApiDeps } from '#api/deps.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { nextCursor, pageQuery, toPage } from '#api/rest/page.ts';
import { type Double, listDoubles } from '#db/contacts/matching/doubles.ts';
import { findVendorPage } from './vendor-page.ts';

const record = z.object({
  externalId: z.string(),
  url: z.string().nullable().meta({ description: 'Its page in the vendor’s web app; null where none is known.' }),
});

const double = z
  .object({
    id: z.uuid().meta({ description: 'Of the link to the double.' }),
    contactId: z.uuid(),
    provider: z.string(),
    primary: record.meta({ description: 'The oldest record of the contact there. Audiences place this one only.' }),
    double: record,
    advice: z.string().nullable().meta({ description: 'How to merge the two at the vendor, or the alternative.' }),
    since: z.iso.datetime(),
  })
  .meta({ id: 'Double' });

export const doublesOperations = [
  defineOperation({
    method: 'get',
    path: '/api/v1/doubles',
    tag: 'Contacts',
    summary: 'People with two records at one vendor',
    description:
      'Accord keeps both records in step, and merges none: only the vendor can. Merge them there, and the links become one. Newest first.',
    scope: 'sync:read',
    query: z.strictObject({ provider: z.string().max(100).optional(), ...pageQuery }),
    response: { status: 200, description: 'One page', data: z.object({ doubles: z.array(double), next: nextCursor }) },
    async handle({ query }, deps) {
      const { limit } = query;
      const rows = await listDoubles(deps.db, { ...query, limit: limit + 1 });
      const { data: doubles, next } = toPage(rows, limit, (row) => show(deps, row));
      return { doubles, next };
    },
  }),
];

function show(deps: ApiDeps, { id, contactId, provider, accountId, externalId, primaryId, createdAt }: Double) {
  const { doubles } = deps.contacts.providers.get(provider)?.provider ?? {};
  const toRecord = (each: string) => ({
    externalId: each,
    url: findVendorPage(deps, { provider, accountId, externalId: each }),
  });
  return {
    ...{ id, contactId, provider, primary: toRecord(primaryId), double: toRecord(externalId) },
    ...{ advice: doubles?.advice ?? null, since: createdAt.toISOString() },
  };
}
