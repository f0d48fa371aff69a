import { Group, SegmentedControl } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import type { Column } from '#admin/ui/data-table.tsx';
import { Empty, Page } from '#admin/ui/page.tsx';
import { PagedTable } from '#admin/ui/paged-table.tsx';
import { Time } from '#admin/ui/words/time.tsx';
import { SubmissionState } from './submission-state.tsx';

type Submission = Schemas['FormSubmission'];

const route = getRouteApi('/forms');

const columns: Column<Submission>[] = [
  {
    id: 'who',
    header: 'From',
    cell: ({ id, contactName, receivedAt }) => (
      <>
        <Link to="/forms/$id" params={{ id }} className="row-link wrap">
          {contactName ?? 'somebody'}
        </Link>
        <div className="dim">
          <Time at={receivedAt} />
        </div>
      </>
    ),
  },
  { id: 'form', header: 'Form', isWide: true, cell: ({ form }) => form },
  { id: 'state', header: 'State', cell: ({ state }) => <SubmissionState state={state} /> },
  { id: 'message', header: 'Message', isWide: true, cell: ({ message }) => <span className="wrap">{message}</span> },
];

/** Submissions of web forms. */
export function Forms() {
  const { waiting } = route.useSearch();
  const navigate = useNavigate({ from: '/forms' });
  const query = useInfiniteQuery({
    queryKey: ['submissions', waiting],
    queryFn: ({ pageParam }) =>
      askData(
        rest.GET('/api/v1/form-submissions', {
          params: { query: { ...(waiting === 'true' && { waiting: 'true' as const }), ...(pageParam && { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  const submissions = query.data?.pages.flatMap((page) => page.submissions);
  return (
    <Page title="Forms" lead="Submissions of visitors, and their effects.">
      <Group>
        <SegmentedControl
          aria-label="Which submissions"
          value={waiting ?? ''}
          onChange={(value) => void navigate({ search: { waiting: value }, replace: true })}
          data={[
            { value: '', label: 'All' },
            { value: 'true', label: 'Need you' },
          ]}
        />
      </Group>
      <PagedTable
        query={query}
        rows={submissions}
        label="Submissions"
        columns={columns}
        empty={
          <Empty icon="list" title={waiting ? 'No submission waits' : 'Nobody has sent a form yet'}>
            {!waiting && 'Forms are defined in accord.yaml. Each has a page of its own, and can stand on your site.'}
          </Empty>
        }
      />
    </Page>
  );
}
