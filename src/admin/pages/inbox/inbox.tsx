import { Tabs } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import { AddressLink } from '#admin/ui/address-link.tsx';
import type { Column } from '#admin/ui/data-table.tsx';
import { Empty, Page } from '#admin/ui/page.tsx';
import { PagedTable } from '#admin/ui/paged-table.tsx';
import { given } from '#admin/ui/search.ts';
import { StateBadge } from '#admin/ui/state-badge.tsx';
import { AccountNames } from '#admin/ui/words/account-names.tsx';
import { Time } from '#admin/ui/words/time.tsx';

type Event = Schemas['InboxEvent'];
type Refusal = Schemas['Refusal'];

const route = getRouteApi('/inbox');

/** Accepted and refused webhooks and form submissions. */
export function Inbox() {
  const { tab = 'accepted' } = route.useSearch();
  const navigate = useNavigate({ from: '/inbox' });
  return (
    <Page title="Incoming" lead="Webhooks of vendors and posts of forms: what was taken in, and what was refused and why.">
      <Tabs value={tab} onChange={(value) => void navigate({ search: { tab: value ?? '' } })} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="accepted">Taken in</Tabs.Tab>
          <Tabs.Tab value="refused">Refused</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="accepted">
          <Accepted />
        </Tabs.Panel>
        <Tabs.Panel value="refused">
          <Refused />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

const eventColumns: Column<Event>[] = [
  {
    id: 'type',
    header: 'What',
    cell: ({ type, receivedAt, isEcho }) => (
      <>
        <b className="wrap">{type}</b>
        <div className="dim">
          <Time at={receivedAt} />
          {isEcho && ', known already'}
        </div>
      </>
    ),
  },
  { id: 'from', header: 'From', cell: ({ provider }) => <AccountNames ids={[provider]} /> },
  {
    id: 'record',
    header: 'Record',
    isWide: true,
    cell: ({ externalId }) => (
      <AddressLink address={`/people?q=${encodeURIComponent(externalId)}`} className="row-link mono wrap">
        {externalId}
      </AddressLink>
    ),
  },
  { id: 'scheme', header: 'Proven by', isWide: true, cell: ({ scheme }) => scheme },
  { id: 'occurred', header: 'Happened', isWide: true, cell: ({ occurredAt }) => <Time at={occurredAt} /> },
];

function Accepted() {
  const query = useInfiniteQuery({
    queryKey: ['inbox'],
    queryFn: ({ pageParam }) => askData(rest.GET('/inbox/events', { params: { query: given({ before: pageParam }) } })),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  const events = query.data?.pages.flatMap((page) => page.events);
  return (
    <PagedTable
      query={query}
      rows={events}
      label="Accepted"
      columns={eventColumns}
      empty={
        <Empty icon="webhook" title="Nothing was sent yet">
          A vendor sends its first webhook after somebody changes a record there. If one stays away, press “Check” under
          Connections: it says where the vendor must send them.
        </Empty>
      }
    />
  );
}

const refusalColumns: Column<Refusal>[] = [
  {
    id: 'reason',
    header: 'Why',
    cell: ({ reason, refusedAt, count }) => (
      <>
        <span className="wrap">{reason}</span>
        <div className="dim">
          <Time at={refusedAt} />
          {count > 1 && `, ${count} times`}
        </div>
      </>
    ),
  },
  { id: 'status', header: 'Answer', cell: ({ status }) => <StateBadge mood="bad">{`HTTP ${status}`}</StateBadge> },
  { id: 'route', header: 'To', isWide: true, cell: ({ route: path }) => <span className="mono wrap">{path}</span> },
  { id: 'address', header: 'From', isWide: true, cell: ({ remoteAddress }) => remoteAddress ?? 'unknown' },
];

function Refused() {
  const query = useInfiniteQuery({
    queryKey: ['inbox-refusals'],
    queryFn: ({ pageParam }) => askData(rest.GET('/inbox/refusals', { params: { query: given({ before: pageParam }) } })),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  const refusals = query.data?.pages.flatMap((page) => page.refusals);
  return (
    <PagedTable
      query={query}
      rows={refusals}
      label="Refused"
      columns={refusalColumns}
      empty={
        <Empty icon="check" title="Nothing was refused">
          Webhooks without a valid signature, and posts that no form takes, would stand here with the reason.
        </Empty>
      }
    />
  );
}
