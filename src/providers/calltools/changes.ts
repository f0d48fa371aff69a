import { z } from 'zod';
import { ExpiredCursorError } from '#providers/errors.ts';
import type { CallOptions, ChangePage } from '#providers/provider.ts';
import type { Connection } from './connection.ts';
import { type ContactOrder, type ListedRow, listContacts, toNamedRecords } from './records/read.ts';
import { vendor } from './settings.ts';
import { isNewestFirst, laterOf, toSortableTime } from './updated-on.ts';

const time = z.string().nullable();

/**
 * The state between two polls (`since`). A poll returns everything after `settled`. The newest time that a poll saw settles a minute
 * later, so the next poll returns each change once more. That catches changes that the first poll could miss: times may be in whole
 * seconds, and a change can become visible after one with a later time. Without changes, everything settles and polls are empty.
 */
const newestSchema = z.strictObject({ stamp: time, seenAt: z.int() });
const sinceSchema = z.strictObject({ ordered: z.boolean(), settled: time, newest: newestSchema });
type Since = z.infer<typeof sinceSchema>;

/** The state between two pages of a poll (`cursor`). */
const positionSchema = z.strictObject({
  page: z.int().positive(),
  order: z.enum(['id', '-updated_on']),
  ordered: z.boolean(),
  /** Skip contacts up to this time. */
  after: time,
  /** For the next poll's `since`. */
  settled: time,
  /** The newest time of an earlier poll that has not settled yet. */
  settling: newestSchema.nullable(),
  /** The newest time on the pages so far. */
  newest: time,
  /** The total count on the previous page. */
  count: z.int().nullable(),
});
type Position = z.infer<typeof positionSchema>;

/**
 * Returns one page of changes. CallTools reports no deletions. Lists newest first and stops at the first known contact, so an idle
 * poll costs one call. Where the account cannot sort by time, lists all contacts and picks those that changed.
 */
export async function readChanges(
  connection: Connection,
  { since, cursor }: { since: string | null; cursor: string | null },
  call?: CallOptions,
): Promise<ChangePage> {
  const earlier = since === null ? null : parse(sinceSchema, since);
  const position = cursor === null ? await startPoll(connection, earlier, call) : parse(positionSchema, cursor);
  const { count, hasNext, rows } = await listContacts(connection, position, call);
  if (position.order === '-updated_on' && !isNewestFirst(rows)) throw expired('no longer sorts its contacts by time');
  const changed = rows.filter((row) => isAfter(row, position.after));
  const { records, unreadable } = await toNamedRecords(connection, changed, call);
  const newest = rows.map(timeOf).reduce(laterOf, position.newest);
  const reachedKnown = position.order === '-updated_on' && changed.length < rows.length;
  const page = { records, unreadable, deleted: [] };
  const next = { ...position, newest, count };
  if (hasShrunk(position, count)) return { ...page, cursor: JSON.stringify({ ...next, page: position.page - 1 }), since: null };
  if (hasNext && !reachedKnown) return { ...page, cursor: JSON.stringify({ ...next, page: position.page + 1 }), since: null };
  const { ordered, settled, settling } = position;
  const nextSince: Since = { ordered, settled, newest: settling ?? { stamp: newest, seenAt: Date.now() } };
  return { ...page, cursor: null, since: JSON.stringify(nextSince) };
}

/** Measured by our clock alone. */
const settlesAfterMs = 60_000;

/** The first poll lists all contacts by id, the stable order. Later polls list by time where that order was seen to work. */
async function startPoll(connection: Connection, since: Since | null, call?: CallOptions): Promise<Position> {
  const { ordered, newest } = since?.ordered ? { ordered: true, newest: null } : await probeOrder(connection, call);
  const first = { page: 1, ordered, count: null, settling: null };
  if (since === null) return { ...first, order: 'id', after: null, settled: minuteBefore(newest), newest };
  const order = ordered ? '-updated_on' : 'id';
  const known = { ...first, order, after: since.settled, newest: since.newest.stamp } as const;
  const isSettled = Date.now() - since.newest.seenAt >= settlesAfterMs;
  return isSettled ? { ...known, settled: since.newest.stamp } : { ...known, settled: since.settled, settling: since.newest };
}

/** Enough rows that another order is unlikely to look sorted in both directions. */
const probeSize = 10;

/**
 * Tests whether the account sorts by time. No documentation says so, and CallTools silently ignores an unknown ordering (stock Django
 * REST Framework): then both directions start with the same contact.
 */
async function probeOrder(connection: Connection, call?: CallOptions): Promise<{ ordered: boolean; newest: string | null }> {
  const probe = (order: ContactOrder) => listContacts(connection, { page: 1, order, pageSize: probeSize }, call);
  const oldestFirst = await probe('updated_on');
  const newestFirst = await probe('-updated_on');
  const isReversed = oldestFirst.rows[0]?.id !== newestFirst.rows[0]?.id;
  const ordered = isReversed && isNewestFirst(oldestFirst.rows.toReversed()) && isNewestFirst(newestFirst.rows);
  const seen = [...oldestFirst.rows, ...newestFirst.rows].map(timeOf);
  return { ordered, newest: ordered ? seen.reduce(laterOf, null) : null };
}

/** A contact without a time may have changed. */
function isAfter(row: ListedRow, after: string | null): boolean {
  const changedAt = timeOf(row);
  return changedAt === null || after === null || changedAt > after;
}

/** A deletion between two pages moves later contacts up across the page border. Then the previous page is read again. */
function hasShrunk({ page, count: before }: Position, count: number | null): boolean {
  return page > 1 && (count === null || (before !== null && count < before));
}

function timeOf({ updated_on }: ListedRow): string | null {
  return toSortableTime(updated_on);
}

function minuteBefore(at: string | null): string | null {
  return at === null ? null : toSortableTime(new Date(Date.parse(at) - settlesAfterMs).toISOString());
}

function parse<Schema extends z.ZodType>(schema: Schema, text: string): z.infer<Schema> {
  const parsed = schema.safeParse(findJson(text));
  if (!parsed.success) throw expired('cannot continue from this position');
  return parsed.data;
}

function findJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function expired(sentence: string): ExpiredCursorError {
  const message = `${vendor.name} ${sentence}: all contacts are listed again.`;
  return new ExpiredCursorError({ provider: vendor.id, operation: 'list changes', message, remedy: null });
}
