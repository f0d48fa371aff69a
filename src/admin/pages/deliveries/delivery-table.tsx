import { type InfiniteData, type UseInfiniteQueryResult, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { ask, rest, type Schemas } from '#admin/rest/client.ts';
import type { paths } from '#admin/rest/openapi.d.ts';
import type { Column } from '#admin/ui/data-table.tsx';
import { Empty } from '#admin/ui/page.tsx';
import { PagedTable } from '#admin/ui/paged-table.tsx';
import { given } from '#admin/ui/search.ts';
import { Due, Time } from '#admin/ui/words/time.tsx';
import { DeliveryState } from './delivery-state.tsx';

/** The subscriber's page shows them, too, so nothing here is for operators only. */
type Delivery = Schemas['PortalDelivery'];

export type DeliveryFilter = NonNullable<paths['/api/v1/webhooks/deliveries/']['get']['parameters']['query']>;

const columns: Column<Delivery>[] = [
  {
    id: 'event',
    header: 'Event',
    cell: ({ id, event_type, created_at, replay_of }) => (
      <>
        <Link to="/deliveries/$id" params={{ id }} className="row-link">
          {event_type}
        </Link>
        <div className="dim">
          <Time at={created_at} />
          {replay_of && ', a replay'}
        </div>
      </>
    ),
  },
  { id: 'state', header: 'State', cell: ({ state }) => <DeliveryState state={state} /> },
  { id: 'attempts', header: 'Attempts', isWide: true, align: 'right', cell: ({ attempts }) => attempts },
  {
    id: 'answer',
    header: 'Last answer',
    cell: ({ last_status, last_error, next_attempt_at, state }) => (
      <>
        {last_error ?? (last_status === null ? 'none yet' : `HTTP ${last_status}`)}
        {state === 'pending' && next_attempt_at && (
          <div className="dim">
            next attempt <Due at={next_attempt_at} />
          </div>
        )}
      </>
    ),
  },
];

/** The names of endpoints, for lists of deliveries. */
export function useEndpointNames(): ReadonlyMap<string, string> {
  const { data } = useQuery({
    queryKey: ['endpoint-names'],
    queryFn: () => ask(rest.GET('/api/v1/webhooks', { params: { query: { limit: 200 } } })),
    staleTime: 60_000,
  });
  return useMemo(() => new Map(data?.data.map(({ id, url, description }) => [id, description || url])), [data]);
}

interface DeliveryTableProps {
  filter: DeliveryFilter;
  /** Shows new ones as they come. */
  isTailing?: boolean;
  showsEndpoint?: boolean;
}

/** Deliveries that match a filter, newest first. */
export function DeliveryTable({ filter, isTailing = false, showsEndpoint = false }: DeliveryTableProps) {
  const names = useEndpointNames();
  const query = useInfiniteQuery({
    queryKey: [isTailing ? 'deliveries' : 'deliveries-still', filter],
    queryFn: ({ pageParam }) =>
      ask(rest.GET('/api/v1/webhooks/deliveries/', { params: { query: given({ ...filter, cursor: pageParam }) } })),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  const endpoint: Column<Delivery> = {
    id: 'endpoint',
    header: 'Endpoint',
    isWide: true,
    cell: ({ endpoint_id }) => (
      <Link to="/webhooks/$id" params={{ id: endpoint_id }} className="row-link">
        {names.get(endpoint_id) ?? 'deleted'}
      </Link>
    ),
  };
  const isFiltered = Object.keys(given(filter)).some((key) => key !== 'endpoint_id');
  return <DeliveryRows query={query} isFiltered={isFiltered} {...(showsEndpoint ? { endpoint } : {})} />;
}

interface DeliveryRowsProps {
  query: UseInfiniteQueryResult<InfiniteData<{ data: Delivery[] }>>;
  isFiltered: boolean;
  endpoint?: Column<Delivery>;
}

/** The pages of a list of deliveries. */
export function DeliveryRows({ query, isFiltered, endpoint }: DeliveryRowsProps) {
  const rows = query.data?.pages.flatMap(({ data }) => data);
  return (
    <PagedTable
      query={query}
      rows={rows}
      label="Deliveries"
      columns={endpoint ? columns.toSpliced(1, 0, endpoint) : columns}
      empty={
        <Empty icon="send" title={isFiltered ? 'No delivery matches' : 'Nothing was sent yet'}>
          {isFiltered
            ? 'Change the filters to see others.'
            : 'Events appear here as soon as a lead is new or changes. A test event of an endpoint shows at once whether it works.'}
        </Empty>
      }
    />
  );
}
