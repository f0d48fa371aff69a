import { Group, Tabs, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useAccountName } from '#admin/rest/accounts.ts';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import { AddressLink } from '#admin/ui/address-link.tsx';
import type { Column } from '#admin/ui/data-table.tsx';
import { FilterSelect } from '#admin/ui/filter-select.tsx';
import { Empty, Page } from '#admin/ui/page.tsx';
import { PagedTable } from '#admin/ui/paged-table.tsx';
import { given } from '#admin/ui/search.ts';
import { sayActor } from '#admin/ui/words/actor.ts';
import { Time } from '#admin/ui/words/time.tsx';
import { Keys } from './keys.tsx';

type Entry = Schemas['AuditEntry'];

const route = getRouteApi('/activity');

/** Audit log and API keys. */
export function Activity() {
  const { tab = 'log' } = route.useSearch();
  const navigate = useNavigate({ from: '/activity' });
  return (
    <Page title="Activity" lead="Who changed what, and the keys that may.">
      <Tabs value={tab} onChange={(value) => void navigate({ search: { tab: value ?? '' } })} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="log">Changes</Tabs.Tab>
          <Tabs.Tab value="keys">API keys</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="log">
          <Log />
        </Tabs.Panel>
        <Tabs.Panel value="keys">
          <Keys />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

const kinds = [
  'account',
  'api-key',
  'candidate',
  'connection',
  'consent',
  'contact',
  'dead-letter',
  'delete',
  'delivery',
  'erasure',
  'form-submission',
  'import',
  'passes',
  'schedule',
  'session',
  'suppression',
  'webhook',
];

const columns: Column<Entry>[] = [
  {
    id: 'action',
    header: 'Action',
    cell: ({ action, at }) => (
      <>
        <b>{action.replace('.', ': ').replaceAll('-', ' ')}</b>
        <div className="dim">
          <Time at={at} />
        </div>
      </>
    ),
  },
  { id: 'actor', header: 'By', cell: ({ actor }) => sayActor(actor) },
  { id: 'target', header: 'Of', isWide: true, cell: (entry) => <Target entry={entry} /> },
  {
    id: 'details',
    header: 'Details',
    isWide: true,
    cell: ({ details }) => <span className="mono wrap">{sayDetails(details)}</span>,
  },
];

/** The page about an entry's subject, by the kind of its action. */
const pagesOf: Record<string, string> = {
  webhook: '/webhooks/',
  delivery: '/deliveries/',
  'dead-letter': '/deliveries/',
  consent: '/people/',
  contact: '/people/',
  erasure: '/erasures/',
  'form-submission': '/forms/',
  import: '/imports/',
};

function Target({ entry: { action, target } }: { entry: Entry }) {
  const accountName = useAccountName();
  const page = pagesOf[action.split('.')[0] ?? ''];
  if (page === undefined || !/^[\da-f-]{36}$/.test(target)) return <span className="mono">{accountName(target)}</span>;
  return (
    <AddressLink address={page + target} className="row-link mono">
      {target}
    </AddressLink>
  );
}

const sayDetails = (details: Record<string, unknown>) =>
  Object.entries(details)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');

function Log() {
  const { actor, kind } = route.useSearch();
  const navigate = useNavigate({ from: '/activity' });
  const filter = given({ actor, action: kind });
  const query = useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam }) =>
      askData(rest.GET('/api/v1/audit-log', { params: { query: given({ ...filter, cursor: pageParam }) } })),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  const entries = query.data?.pages.flatMap((page) => page.entries);
  return (
    <>
      <Group gap="sm" mb="md">
        <FilterSelect
          label="Kind"
          data={kinds}
          value={kind}
          onFilter={(value) => void navigate({ search: (before) => ({ ...before, kind: value }), replace: true })}
          w={170}
        />
        <TextInput
          label="By"
          placeholder="api-key:name"
          value={actor ?? ''}
          onChange={(event) =>
            void navigate({ search: (before) => ({ ...before, actor: event.currentTarget.value }), replace: true })
          }
          w={220}
        />
      </Group>
      <PagedTable
        query={query}
        rows={entries}
        label="Changes"
        columns={columns}
        empty={
          <Empty icon="list" title="No change is found">
            Change the filters to see others.
          </Empty>
        }
      />
    </>
  );
}
