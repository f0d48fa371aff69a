import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '#sandbox/core/clock.ts';
import { invalidRequest } from '#sandbox/square/api-error.ts';
import type { Position } from './order.ts';

const cursorSchema = z.tuple([z.union([z.string(), z.number()]), z.string(), z.string(), z.number()]);

/**
 * Square docs (pagination): an opaque text, valid only for the query that returned it. Integrators report that it expires after 5
 * minutes. It may contain `+`, `/` and `=`.
 */
export function writeCursor([key, id]: Position, query: unknown, clock: Clock): string {
  return Buffer.from(JSON.stringify([key, id, fingerprint(query), clock.now()])).toString('base64');
}

/** Throws INVALID_CURSOR for a malformed, foreign or expired cursor. */
export function readCursor(cursor: string, query: unknown, { clock, lifeMs }: { clock: Clock; lifeMs: number }): Position {
  const parsed = cursorSchema.safeParse(tryParse(Buffer.from(cursor, 'base64').toString()));
  if (!parsed.success) throw invalidCursor('The cursor is not one of ours.');
  const [key, id, print, madeAt] = parsed.data;
  if (print !== fingerprint(query)) throw invalidCursor('The cursor belongs to another query.');
  if (clock.now() >= madeAt + lifeMs) throw invalidCursor('The cursor has expired.');
  return [key, id];
}

const fingerprint = (query: unknown) => createHash('sha256').update(JSON.stringify(query)).digest('base64').slice(0, 12);

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const invalidCursor = (detail: string) => invalidRequest('INVALID_CURSOR', detail, 'cursor');
