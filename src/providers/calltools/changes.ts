import { z } from 'zod';
import { ExpiredCursorError } from '#providers/errors.ts';
import type { CallOptions, ChangePage } from '#providers/provider.ts';
import { type Dialer, toNamedRecord, vendor } from './dialer.ts';
import { type ContactOrder, isNewestFirst, listContacts, probeOrder } from './listing.ts';
import type { CallToolsContact } from './schema.ts';
import { laterOf, toStamp } from './stamp.ts';

const stamp = z.string().nullable();

/**
 * Where a poll begins: it tells of everything after `settled`. The newest that a poll saw settles a minute later, so each change is
 * told once more by the next poll. That catches what the first could miss: times may be in whole seconds, and a change can become
 * visible after one that is dated later. When nothing happens, all settles, and nothing is told.
 */
const newestSchema = z.strictObject({ stamp, seenAt: z.int() });
const watchSchema = z.strictObject({ ordered: z.boolean(), settled: stamp, newest: newestSchema });
type Watch = z.infer<typeof watchSchema>;

/** Where a page begins, and what the pages before it have shown. */
const positionSchema = z.strictObject({
  page: z.int().positive(),
  order: z.enum(['id', '-updated_on']),
  ordered: z.boolean(),
  /** Older ones are not told. */
  after: stamp,
  /** Of the next poll. */
  settled: stamp,
  /** What is still to settle, if an earlier poll saw it. */
  settling: newestSchema.nullable(),
  newest: stamp,
  /** How many contacts there were. */
  count: z.int().nullable(),
});
type Position = z.infer<typeof positionSchema>;

/**
 * One page of what has changed, deletions excepted: CallTools says nothing of these. Newest first, until what is known; an idle
 * poll is one call. Where the account does not order by time, all contacts are listed, and those that changed are picked.
 */
export async function readChanges(
  dialer: Dialer,
  { since, cursor }: { since: string | null; cursor: string | null },
  call?: CallOptions,
): Promise<ChangePage> {
  const watch = since === null ? null : parse(watchSchema, since);
  const position = cursor === null ? await begin(dialer, watch, call) : parse(positionSchema, cursor);
  const { count, hasNext, rows } = await listContacts(dialer, position, call);
  if (position.order === '-updated_on' && !isNewestFirst(rows)) throw expired('no longer lists its contacts by time');
  const told = rows.filter((row) => isAfter(row, position.after));
  const records = await Promise.all(told.map((row) => toNamedRecord(dialer, row, call)));
  const newest = rows.map(stampOf).reduce(laterOf, position.newest);
  const reached = position.order === '-updated_on' && told.length < rows.length;
  const page = { records, deleted: [] };
  const next = { ...position, newest, count };
  if (hasShrunk(position, count)) return { ...page, cursor: JSON.stringify({ ...next, page: position.page - 1 }), since: null };
  if (hasNext && !reached) return { ...page, cursor: JSON.stringify({ ...next, page: position.page + 1 }), since: null };
  const { ordered, settled, settling } = position;
  const watched: Watch = { ordered, settled, newest: settling ?? { stamp: newest, seenAt: Date.now() } };
  return { ...page, cursor: null, since: JSON.stringify(watched) };
}

/** By our clock alone. */
const settlesAfterMs = 60_000;

/** The first time everybody, by id, for that order is the one that holds still. Later by time, if that was seen to work. */
async function begin(dialer: Dialer, watch: Watch | null, call?: CallOptions): Promise<Position> {
  const { ordered, newest } = watch?.ordered ? { ordered: true, newest: null } : await probeOrder(dialer, call);
  const first = { page: 1, ordered, count: null, settling: null };
  if (watch === null) return { ...first, order: 'id', after: null, settled: minuteBefore(newest), newest };
  const order: ContactOrder = ordered ? '-updated_on' : 'id';
  const known = { ...first, order, after: watch.settled, newest: watch.newest.stamp };
  const isSettled = Date.now() - watch.newest.seenAt >= settlesAfterMs;
  return isSettled ? { ...known, settled: watch.newest.stamp } : { ...known, settled: watch.settled, settling: watch.newest };
}

/** Of a contact without a time, nobody knows. */
function isAfter(row: CallToolsContact, after: string | null): boolean {
  const changedAt = stampOf(row);
  return changedAt === null || after === null || changedAt > after;
}

/** A deletion between two pages moves what follows up by one, across the border: then the page before is read again. */
function hasShrunk({ page, count: before }: Position, count: number | null): boolean {
  return page > 1 && (count === null || (before !== null && count < before));
}

function stampOf({ updated_on }: CallToolsContact): string | null {
  return toStamp(updated_on);
}

function minuteBefore(at: string | null): string | null {
  return at === null ? null : toStamp(new Date(Date.parse(at) - settlesAfterMs).toISOString());
}

function parse<Schema extends z.ZodType>(schema: Schema, text: string): z.infer<Schema> {
  const parsed = schema.safeParse(readJson(text));
  if (!parsed.success) throw expired('cannot be asked from there');
  return parsed.data;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function expired(what: string): ExpiredCursorError {
  const message = `CallTools ${what}: all contacts are listed again.`;
  return new ExpiredCursorError({ provider: vendor.id, operation: 'list changes', message });
}
