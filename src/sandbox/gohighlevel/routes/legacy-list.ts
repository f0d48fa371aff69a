import { Router } from 'express';
import { z } from 'zod';
import { type Contact, toListed } from '#sandbox/gohighlevel/contacts/contact.ts';
import { parseBody } from '#sandbox/gohighlevel/validate.ts';
import type { Vendor } from '#sandbox/gohighlevel/vendor.ts';

const querySchema = z.object({
  locationId: z.string(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  query: z.string().optional(),
  startAfter: z.coerce.number().optional(),
  startAfterId: z.string().optional(),
});
type ListQuery = z.output<typeof querySchema>;

/** HighLevel docs: GET /contacts/, deprecated. Newest first; the next page starts after the last contact's date and id. */
export function legacyListRoute(vendor: Vendor): Router {
  const newestFirst = cachedNewestFirst(vendor);
  return Router().get(
    '/',
    vendor.gate({
      scope: 'contacts.readonly',
      location: ({ query }) => query.locationId,
      handle({ request }) {
        const query = parseBody(querySchema, request.query);
        const matching = newestFirst().filter(
          (contact) => contact.locationId === query.locationId && mentions(contact, query.query),
        );
        const rest = matching.slice(indexAfter(matching, query));
        const page = rest.slice(0, query.limit);
        const count = matching.length;
        return {
          contacts: page.map(toListed),
          count,
          meta: toMeta(page, { query, total: count, hasMore: rest.length > page.length }),
        };
      },
    }),
  );
}

function cachedNewestFirst({ book }: Vendor): () => Contact[] {
  let list: Contact[] = [];
  let version = -1;
  return () => {
    if (version !== book.version) list = [...book.all()].sort(byNewest);
    version = book.version;
    return list;
  };
}

const byNewest = (a: Contact, b: Contact) => b.dateAdded.localeCompare(a.dateAdded) || a.id.localeCompare(b.id);

function mentions({ firstName, lastName, email, phone }: Contact, query = ''): boolean {
  return [firstName, lastName, email, phone].join(' ').toLowerCase().includes(query.toLowerCase());
}

function indexAfter(contacts: Contact[], { startAfter, startAfterId }: ListQuery): number {
  if (startAfter === undefined) return 0;
  const dateAdded = new Date(startAfter).toISOString();
  const index = contacts.findIndex(
    (contact) =>
      contact.dateAdded < dateAdded || (contact.dateAdded === dateAdded && contact.id.localeCompare(startAfterId ?? '') > 0),
  );
  return index === -1 ? contacts.length : index;
}

/** HighLevel docs: the `nextPageUrl` of the example is an internal http address, so clients build their own. */
function toMeta(page: Contact[], { query, total, hasMore }: { query: ListQuery; total: number; hasMore: boolean }) {
  const last = page.at(-1);
  if (!last || !hasMore) return { total, currentPage: 1, nextPage: null, prevPage: null };
  const startAfter = Date.parse(last.dateAdded);
  const next = new URLSearchParams({ locationId: query.locationId, limit: String(query.limit), startAfter: String(startAfter) });
  return {
    total,
    nextPageUrl: `http://services.internal/contacts/?${next}&startAfterId=${last.id}`,
    startAfterId: last.id,
    startAfter,
    currentPage: 1,
    nextPage: 2,
    prevPage: null,
  };
}
