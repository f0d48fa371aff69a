import type { Contact } from '#sandbox/gohighlevel/contacts/contact.ts';
import { findField, type Scalar } from './fields.ts';
import type { SearchBody } from './search-body.ts';

export type Sort = NonNullable<SearchBody['sort']>;

/** Sort values (milliseconds for dates), then the id. */
export type Cursor = (Scalar | null)[];

export interface Hit {
  contact: Contact;
  /** HighLevel docs: each contact has a `searchAfter`. */
  searchAfter: Cursor;
}

export interface HitList {
  readonly hits: readonly Hit[];
  /** The index of the first hit after the cursor. The cursor's contact may be deleted meanwhile. */
  indexAfter(cursor: Cursor): number;
  /** Applies the change of one contact without a full sort. */
  apply(before: Contact | undefined, after: Contact | null): void;
}

interface Options {
  contacts: Iterable<Contact>;
  matches: (contact: Contact) => boolean;
  sort: Sort;
}

/** The sorted result of one search. */
export function createHitList({ contacts, matches, sort }: Options): HitList {
  const toHit = (contact: Contact): Hit => ({ contact, searchAfter: cursorOf(contact, sort) });
  const hits: Hit[] = [];
  for (const contact of contacts) if (matches(contact)) hits.push(toHit(contact));
  hits.sort((a, b) => compare(a.searchAfter, b.searchAfter, sort));

  function indexAfter(cursor: Cursor): number {
    let [low, high] = [0, hits.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const hit = hits[middle];
      if (hit && compare(hit.searchAfter, cursor, sort) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    hits,
    indexAfter,
    apply(before, after) {
      if (before && matches(before)) hits.splice(indexAfter(cursorOf(before, sort)) - 1, 1);
      if (after && matches(after)) hits.splice(indexAfter(cursorOf(after, sort)), 0, toHit(after));
    },
  };
}

function cursorOf(contact: Contact, sort: Sort): Cursor {
  return [...sort.map(({ field }) => findField(field)?.read(contact)[0] ?? null), contact.id];
}

/** Orders by the sort fields, empty ones last, then by id. The order is total, so a cursor stays valid when contacts change. */
function compare(a: Cursor, b: Cursor, sort: Sort): number {
  for (const [index, { direction }] of sort.entries()) {
    const [left = null, right = null] = [a[index], b[index]];
    if (left === right) continue;
    if (left === null || right === null) return left === null ? 1 : -1;
    return (left < right ? -1 : 1) * (direction === 'asc' ? 1 : -1);
  }
  return String(a.at(-1)) < String(b.at(-1)) ? -1 : Number(a.at(-1) !== b.at(-1));
}
