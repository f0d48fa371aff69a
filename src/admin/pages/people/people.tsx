import { Box, Button, Group, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { accountsQuery } from '#admin/rest/accounts.ts';
import { basePath } from '#admin/rest/base-path.ts';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import { useMay } from '#admin/rest/session.ts';
import type { Column } from '#admin/ui/data-table.tsx';
import { FilterSelect } from '#admin/ui/filter-select.tsx';
import { Empty, Page } from '#admin/ui/page.tsx';
import { PagedTable } from '#admin/ui/paged-table.tsx';
import { given } from '#admin/ui/search.ts';
import { AccountNames } from '#admin/ui/words/account-names.tsx';
import { Time } from '#admin/ui/words/time.tsx';
import { type ContactState, ContactStateBadge, contactStates } from './contact-state.tsx';

type Contact = Schemas['ContactSummary'];

const route = getRouteApi('/people');

const columns: Column<Contact>[] = [
  {
    id: 'name',
    header: 'Name',
    cell: ({ id, name, company, emails, phones }) => (
      <>
        <Link to="/people/$id" params={{ id }} className="row-link wrap">
          {name ?? company ?? emails[0] ?? phones[0] ?? '(no name)'}
        </Link>
        {name && company && <div className="dim">{company}</div>}
      </>
    ),
  },
  {
    id: 'reach',
    header: 'Email and phone',
    isWide: true,
    cell: ({ emails, phones }) => (
      <>
        <Box className="wrap" miw="15rem">
          {emails[0]}
        </Box>
        <div className="dim">{phones[0]}</div>
      </>
    ),
  },
  {
    id: 'state',
    header: 'State',
    cell: ({ states }) => (
      <Group gap={4}>
        {states.map((state) => (
          <ContactStateBadge key={state} state={state} />
        ))}
      </Group>
    ),
  },
  {
    id: 'where',
    header: 'Records in',
    isWide: true,
    cell: ({ records }) =>
      records.some(isLinked) ? <AccountNames ids={records.filter(isLinked).map(({ provider }) => provider)} /> : 'none',
  },
  { id: 'tags', header: 'Tags', isWide: true, cell: ({ tags }) => tags.join(', ') },
  { id: 'updated', header: 'Changed', isWide: true, cell: ({ updatedAt }) => <Time at={updatedAt} /> },
];

const isLinked = ({ state }: { state: string }) => state === 'linked';

/** Search as one types, with filters. */
export function People() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: '/people' });
  const { q = '', state, account, tag, audience } = search;
  const [wanted] = useDebouncedValue(q, 150);
  const accounts = useQuery(accountsQuery);
  const audiences = useQuery({
    queryKey: ['audiences'],
    queryFn: () => askData(rest.GET('/api/v1/audiences')),
    staleTime: 60_000,
  });
  const mayExport = useMay('exports:read');
  // The API refuses a state that it does not know, and says so.
  const filter = given({ q: wanted, state: state as ContactState | undefined, provider: account, tag, audience });
  const query = useInfiniteQuery({
    queryKey: ['people', filter],
    queryFn: ({ pageParam }) =>
      askData(rest.GET('/api/v1/contacts', { params: { query: given({ ...filter, cursor: pageParam }) } })),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    // The list does not flicker between two letters.
    placeholderData: keepPreviousData,
  });
  const people = query.data?.pages.flatMap(({ contacts }) => contacts);
  const filterBy = (change: Partial<typeof search>) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  return (
    <Page title="People" lead="Everybody that Accord keeps in step." actions={mayExport && <Export filter={filter} />}>
      <Group gap="sm" align="flex-end">
        <TextInput
          label="Search"
          placeholder="Name, email, phone, company, tag or record id"
          value={q}
          onChange={(event) => filterBy({ q: event.currentTarget.value })}
          w={340}
        />
        <FilterSelect label="State" data={contactStates} value={state} onFilter={(value) => filterBy({ state: value })} w={190} />
        <FilterSelect
          label="Record in"
          data={accounts.data?.accounts.map(({ provider, name }) => ({ value: provider, label: name })) ?? []}
          value={account}
          onFilter={(value) => filterBy({ account: value })}
          w={170}
        />
        <TextInput
          label="Tag"
          placeholder="A whole tag"
          value={tag ?? ''}
          onChange={(event) => filterBy({ tag: event.currentTarget.value })}
          w={150}
        />
        <FilterSelect
          label="Audience"
          data={audiences.data?.audiences.map((each) => each.audience) ?? []}
          value={audience}
          onFilter={(value) => filterBy({ audience: value })}
          w={170}
        />
      </Group>
      <PagedTable
        query={query}
        rows={people}
        label="People"
        columns={columns}
        empty={
          <Empty icon="people" title={Object.keys(filter).length > 0 ? 'Nobody matches' : 'Nobody is here yet'}>
            {Object.keys(filter).length > 0
              ? 'Try a part of a name, an email address or a number in any spelling, or change the filters.'
              : 'People appear as soon as the first account is read.'}
          </Empty>
        }
      />
    </Page>
  );
}

/** Exports the people of the list, with its filter. */
function Export({ filter }: { filter: Record<string, string> }) {
  const addressOf = (format: string) => `${basePath}/api/v1/contacts/export?${new URLSearchParams({ ...filter, format })}`;
  return (
    <>
      <Button size="xs" variant="default" component="a" href={addressOf('csv')} download>
        Export as CSV
      </Button>
      <Button size="xs" variant="default" component="a" href={addressOf('vcard')} download>
        Export as vCards
      </Button>
    </>
  );
}
