import { Button, Group, SegmentedControl, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { ask, rest, type Schemas } from '#admin/rest/client.ts';
import { useMay } from '#admin/rest/session.ts';
import type { Column } from '#admin/ui/data-table.tsx';
import { Empty, Page } from '#admin/ui/page.tsx';
import { PagedTable } from '#admin/ui/paged-table.tsx';
import { Time } from '#admin/ui/words/time.tsx';
import { EndpointState } from './endpoint-state.tsx';

type Webhook = Schemas['Webhook'];

const route = getRouteApi('/webhooks');

const columns: Column<Webhook>[] = [
  {
    id: 'url',
    header: 'Endpoint',
    cell: ({ id, url, description }) => (
      <>
        <Link to="/webhooks/$id" params={{ id }} className="row-link wrap">
          {description || url}
        </Link>
        {description && <div className="dim mono wrap">{url}</div>}
      </>
    ),
  },
  { id: 'state', header: 'State', cell: (endpoint) => <EndpointState endpoint={endpoint} /> },
  { id: 'events', header: 'Events', isWide: true, cell: ({ events }) => events.join(', ') },
  { id: 'success', header: 'Last success', cell: ({ last_success_at }) => <Time at={last_success_at} /> },
  {
    id: 'failure',
    header: 'Last failure',
    isWide: true,
    cell: ({ last_failure_at, last_error }) => (
      <>
        <Time at={last_failure_at} />
        {last_error && <div className="dim">{last_error}</div>}
      </>
    ),
  },
];

/** The endpoints of subscribers, with their health. */
export function Webhooks() {
  const { active, q = '' } = route.useSearch();
  const navigate = useNavigate({ from: '/webhooks' });
  const mayWrite = useMay('webhooks:write');
  const query = useInfiniteQuery({
    queryKey: ['webhooks', active],
    queryFn: ({ pageParam }) =>
      ask(
        rest.GET('/api/v1/webhooks', {
          params: { query: { ...(active && { is_active: active }), ...(pageParam && { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  const all = query.data?.pages.flatMap(({ data }) => data);
  const shown = all?.filter(({ url, description }) => `${url} ${description ?? ''}`.toLowerCase().includes(q.toLowerCase()));
  const filterBy = (change: { active?: string; q?: string }) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  return (
    <Page
      title="Webhooks"
      lead="Apps that are told when a lead is new or has changed."
      actions={
        mayWrite && (
          <Button component={Link} to="/webhooks/new">
            New endpoint
          </Button>
        )
      }
    >
      <Group gap="sm" align="flex-end">
        <SegmentedControl
          aria-label="Which endpoints"
          value={active ?? ''}
          onChange={(value) => filterBy({ active: value })}
          data={[
            { value: '', label: 'All' },
            { value: 'true', label: 'On' },
            { value: 'false', label: 'Off' },
          ]}
        />
        <TextInput
          aria-label="Find an endpoint"
          placeholder="Find by URL or description"
          value={q}
          onChange={(event) => filterBy({ q: event.currentTarget.value })}
          w={260}
        />
      </Group>
      <PagedTable
        query={query}
        rows={shown}
        label="Endpoints"
        columns={columns}
        empty={
          <Empty icon="webhook" title={q || active ? 'No endpoint matches' : 'No endpoint yet'}>
            {q || active
              ? 'Change the filters to see others.'
              : 'Create one with the URL of your app: it then receives new and changed leads, signed with a secret of its own.'}
          </Empty>
        }
      />
    </Page>
  );
}
