import { NotFoundError } from '#providers/errors.ts';
import type { CallOptions } from '#providers/provider.ts';
import type { Dialer } from './dialer.ts';
import { type CallToolsContact, contact, pageOf } from './schema.ts';
import { laterOf, toStamp } from './stamp.ts';

/** `id` never changes: what is created meanwhile comes last. A contact deleted meanwhile moves the later ones up by one. */
export type ContactOrder = 'id' | 'updated_on' | '-updated_on';

export interface ContactRows {
  rows: CallToolsContact[];
  /** Of all contacts; null where this is a page after the last. */
  count: number | null;
  hasNext: boolean;
}

export interface ContactPage {
  page: number;
  order: ContactOrder;
  pageSize?: number;
}

/** No rows after the last page, which may have emptied since the one before it was read. */
export async function listContacts(dialer: Dialer, at: ContactPage, call?: CallOptions): Promise<ContactRows> {
  const { page, order, pageSize = dialer.account.pageSize } = at;
  const query = { page, page_size: pageSize, ordering: order };
  const request = { operation: 'list contacts', method: 'GET', path: '/contacts/', query } as const;
  try {
    const { count, next, results } = await dialer.send(request, pageOf(contact), call);
    return { rows: results, count, hasNext: next !== null };
  } catch (error) {
    if (error instanceof NotFoundError && page > 1) return { rows: [], count: null, hasNext: false };
    throw error;
  }
}

export function isNewestFirst(rows: readonly CallToolsContact[]): boolean {
  const stamps = rows.map(({ updated_on }) => toStamp(updated_on));
  return stamps.every((stamp, at) => stamp !== null && (at === 0 || stamp <= (stamps[at - 1] ?? '')));
}

/**
 * Whether the account lists by time. No document says so, and an ordering that CallTools does not know is ignored without a word
 * (stock Django REST Framework): then both directions begin with the same contact.
 */
export async function probeOrder(dialer: Dialer, call?: CallOptions): Promise<{ ordered: boolean; newest: string | null }> {
  const oldest = await listContacts(dialer, { page: 1, order: 'updated_on', pageSize: probed }, call);
  const newest = await listContacts(dialer, { page: 1, order: '-updated_on', pageSize: probed }, call);
  const [first, last] = [oldest.rows[0]?.id, newest.rows[0]?.id];
  const ordered = first !== last && isNewestFirst(oldest.rows.toReversed()) && isNewestFirst(newest.rows);
  const seen = [...oldest.rows, ...newest.rows].map(({ updated_on }) => toStamp(updated_on));
  return { ordered, newest: ordered ? seen.reduce(laterOf, null) : null };
}

/** Enough that rows in another order are unlikely to look ordered both ways. */
const probed = 10;
