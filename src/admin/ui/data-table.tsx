import { Button, Center } from '@mantine/core';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';

export interface Column<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Hidden on narrow screens: the row's own page has it. */
  isWide?: boolean;
  align?: 'right';
}

interface DataTableProps<Row> {
  /** For screen readers. */
  label: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  /** Loads the next page; undefined on the last one. */
  more?: (() => void) | undefined;
  isLoadingMore?: boolean;
}

/** A table that draws only the rows on the screen, so that a hundred thousand of them scroll like ten. */
export function DataTable<Row extends { id: string }>({ label, rows, columns, more, isLoadingMore }: DataTableProps<Row>) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(box.current?.offsetTop ?? 0), []);
  const virtual = useWindowVirtualizer({ count: rows.length, estimateSize: () => 45, overscan: 12, scrollMargin: top });
  const items = virtual.getVirtualItems();
  const before = (items[0]?.start ?? top) - top;
  const after = virtual.getTotalSize() - ((items.at(-1)?.end ?? top) - top);
  return (
    <div ref={box}>
      <table className="data-table" aria-label={label} aria-rowcount={more ? -1 : rows.length + 1}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.id} scope="col" className={lookOf(column)}>
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <Gap height={before} />}
          {items.map(({ index }) => {
            const row = rows[index];
            if (!row) return null;
            return (
              <tr key={row.id} ref={virtual.measureElement} data-index={index} aria-rowindex={index + 2}>
                {columns.map((column) => (
                  <td key={column.id} className={lookOf(column)}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
          {after > 0 && <Gap height={after} />}
        </tbody>
      </table>
      {more && (
        <Center mt="md">
          <Button variant="default" onClick={more} loading={isLoadingMore ?? false}>
            Show more
          </Button>
        </Center>
      )}
    </div>
  );
}

/** Takes the place of rows that are not drawn. */
function Gap({ height }: { height: number }) {
  return (
    <tr>
      <td style={{ height, padding: 0, border: 0 }} />
    </tr>
  );
}

const lookOf = ({ isWide, align }: Pick<Column<never>, 'isWide' | 'align'>) =>
  [isWide ? 'wide-only' : '', align === 'right' ? 'numeric' : ''].filter(Boolean).join(' ');
