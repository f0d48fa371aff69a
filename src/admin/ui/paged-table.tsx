import type { ReactNode } from 'react';
import { type Column, DataTable } from './data-table.tsx';
import { Waiting, type WaitingQuery } from './page.tsx';

/** The properties of `useInfiniteQuery`'s result that a table uses. */
export interface PagedQuery extends WaitingQuery {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

interface PagedTableProps<Row> {
  query: PagedQuery;
  /** The rows of all pages that have arrived. */
  rows: readonly Row[] | undefined;
  /** For screen readers. */
  label: string;
  columns: readonly Column<Row>[];
  /** In place of a table without rows. */
  empty: ReactNode;
}

/** A list of the API that comes page by page. */
export function PagedTable<Row extends { id: string }>({ query, rows, label, columns, empty }: PagedTableProps<Row>) {
  if (!rows) return <Waiting query={query} />;
  if (rows.length === 0 && !query.hasNextPage) return empty;
  return (
    <DataTable
      label={label}
      rows={rows}
      columns={columns}
      more={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
      isLoadingMore={query.isFetchingNextPage}
    />
  );
}
