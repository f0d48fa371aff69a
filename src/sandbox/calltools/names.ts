import type { Account } from './account.ts';
import type { Table } from './table.ts';

interface Named {
  id: number;
  name: string;
}

/** People see names where the API has ids; of two with one name it is the older. */
export function findNamed<Row extends Named>(table: Table<Row>, name: string): Row | undefined {
  for (const row of table.rows()) if (row.name === name) return row;
  return undefined;
}

export function idsByName({ tags, buckets, dispositions }: Account) {
  const ids = (table: Table<Named>) => Object.fromEntries([...table.rows()].reverse().map(({ id, name }) => [name, id]));
  return { tags: ids(tags), buckets: ids(buckets), dispositions: ids(dispositions) };
}

/** A contact body in which tags and buckets may be named. A name that nothing has stays, and is refused as no id. */
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
