import { type RawBuilder, sql } from 'kysely';
import type pg from 'pg';

/**
 * Begins a statement that each connection parses and plans once, for one that runs often and costs no more than its planning.
 * Under one name the text is always the same, which pg checks. It names its columns: a `*` would break when a migration adds one. And
 * it takes the same indexes whatever the size of the tables: a plan made while one was empty lasts until PostgreSQL analyzes it.
 */
export function prepared(name: string): RawBuilder<unknown> {
  return sql.raw(`/* prepared: ${name} */`);
}

const mark = /^\s*\/\* prepared: ([a-z0-9-]+) \*\//;

/** Has a connection prepare the statements that are marked so. Kysely, which passes texts on, has no way to say it. */
export function prepareMarked(client: pg.ClientBase): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  client.query = ((text: unknown, values: unknown, ...rest: unknown[]) => {
    const name = typeof text === 'string' ? mark.exec(text)?.[1] : undefined;
    return name === undefined ? query(text, values, ...rest) : query({ name, text, values }, ...rest);
  }) as typeof client.query;
}
