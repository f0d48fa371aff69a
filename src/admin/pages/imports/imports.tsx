import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { askData, rest } from '#admin/rest/client.ts';
import { useMay } from '#admin/rest/session.ts';
import type { Column } from '#admin/ui/data-table.tsx';
import { Empty, Page } from '#admin/ui/page.tsx';
import { PagedTable } from '#admin/ui/paged-table.tsx';
import { sayActor } from '#admin/ui/words/actor.ts';
import { Time } from '#admin/ui/words/time.tsx';
import { type Import, ImportState } from './import-state.tsx';
import { SendFile } from './send-file.tsx';

const columns: Column<Import>[] = [
  {
    id: 'file',
    header: 'File',
    cell: ({ id, fileName }) => (
      <Link to="/imports/$id" params={{ id }} className="row-link wrap">
        {fileName}
      </Link>
    ),
  },
  { id: 'state', header: 'State', cell: ({ state }) => <ImportState state={state} /> },
  { id: 'rows', header: 'Rows', align: 'right', cell: ({ rows }) => rows.toLocaleString('en') },
  {
    id: 'problems',
    header: 'With problems',
    isWide: true,
    align: 'right',
    cell: ({ problems }) => problems.toLocaleString('en'),
  },
  { id: 'by', header: 'By', isWide: true, cell: ({ actor }) => sayActor(actor) },
  { id: 'at', header: 'Sent', isWide: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
];

/** The files that were imported, the newest first. */
export function Imports() {
  const mayWrite = useMay('imports:write');
  const query = useInfiniteQuery({
    queryKey: ['imports'],
    queryFn: ({ pageParam }) =>
      askData(rest.GET('/api/v1/imports', { params: { query: pageParam ? { cursor: pageParam } : {} } })),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  const shown = query.data?.pages.flatMap(({ imports }) => imports);
  return (
    <Page
      title="Import"
      lead="People from CSV and vCard files. An import adds what contacts lack, and replaces nothing."
      actions={mayWrite && <SendFile />}
    >
      <PagedTable
        query={query}
        rows={shown}
        label="Imports"
        columns={columns}
        empty={
          <Empty icon="download" title="No file was imported">
            Export your contacts from another system, and import that file: it is checked first.
          </Empty>
        }
      />
    </Page>
  );
}
