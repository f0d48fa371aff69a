import type { Account } from './account.ts';
import type { Table } from './table.ts';

interface Named {
  id: number;
  name: string;
}

/** Finds a row by the name that people see instead of the API's id. Of equal names the oldest row is returned. */
export function findNamed<Row extends Named>(table: Table<Row>, name: string): Row | undefined {
  for (const row of table.rows()) if (row.name === name) return row;
  return undefined;
}

/** Ids of tags, buckets and dispositions by name. */
export function idsByName({ tags, buckets, dispositions }: Account) {
  const ids = (table: Table<Named>) => Object.fromEntries([...table.rows()].reverse().map(({ id, name }) => [name, id]));
  return { tags: ids(tags), buckets: ids(buckets), dispositions: ids(dispositions) };
}

/** Replaces names of tags and buckets in a contact body by ids. An unknown name stays, and is refused as an invalid id later. */
export function withIds(account: Account, body: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(body).map(([key, value]) => {
    const table = /(^|_)tags$/.test(key) ? account.tags : /(^|_)buckets$/.test(key) ? account.buckets : null;
    return [key, table && Array.isArray(value) ? value.map((each) => toId(table, each)) : value];
  });
  return Object.fromEntries(entries);
}

function toId(table: Table<Named>, idOrName: unknown): unknown {
  return typeof idOrName === 'string' ? (findNamed(table, idOrName)?.id ?? idOrName) : idOrName;
}
