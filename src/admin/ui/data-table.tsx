import { Button, Center } from '@mantine/core';
import { type ColumnDef, tableFeatures, useTable } from '@tanstack/react-table';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';

const features = tableFeatures({});

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
  getId: (row: Row) => string;
  /** Loads the next page; undefined on the last one. */
  more?: (() => void) | undefined;
  isLoadingMore?: boolean;
}

/** A table that draws only the rows on the screen, so that a hundred thousand of them scroll like ten. */
export function DataTable<Row extends object>({ label, rows, columns, getId, more, isLoadingMore }: DataTableProps<Row>) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(box.current?.offsetTop ?? 0), []);
  const table = useTable({ features, columns: toDefinitions(columns), data: rows as Row[], getRowId: getId });
  const all = table.getRowModel().rows;
  const virtual = useWindowVirtualizer({ count: all.length, estimateSize: () => 45, overscan: 12, scrollMargin: top });
  const items = virtual.getVirtualItems();
  const before = (items[0]?.start ?? top) - top;
  const after = virtual.getTotalSize() - ((items.at(-1)?.end ?? top) - top);
  const looks = new Map(columns.map((column) => [column.id, lookOf(column)]));
  return (
    <div ref={box}>
      <table className="data-table" aria-label={label} aria-rowcount={more ? -1 : all.length + 1}>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map((header) => (
                <th key={header.id} scope="col" className={looks.get(header.column.id)}>
                  <table.FlexRender header={header} />
                </th>
              ))}
            </tr>
          ))}
        </thead>
        <tbody>
          {before > 0 && <Gap height={before} />}
          {items.map(({ index }) => {
            const row = all[index];
            if (!row) return null;
            return (
              <tr key={row.id} ref={virtual.measureElement} data-index={index} aria-rowindex={index + 2}>
                {row.getAllCells().map((cell) => (
                  <td key={cell.id} className={looks.get(cell.column.id)}>
                    <table.FlexRender cell={cell} />
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

function toDefinitions<Row extends object>(columns: readonly Column<Row>[]): ColumnDef<typeof features, Row>[] {
  return columns.map(({ id, header, cell }) => ({ id, header, cell: ({ row }) => cell(row.original) }));
}

const lookOf = ({ isWide, align }: Pick<Column<never>, 'isWide' | 'align'>) =>
  [isWide ? 'wide-only' : '', align === 'right' ? 'numeric' : ''].filter(Boolean).join(' ');
