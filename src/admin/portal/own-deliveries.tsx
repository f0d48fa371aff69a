import { Button, Group, Paper, Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { deliveryStates, isDeliveryState } from '#admin/pages/deliveries/delivery-state.tsx';
import { DeliveryRows } from '#admin/pages/deliveries/delivery-table.tsx';
import { EndpointState, endpointState } from '#admin/pages/webhooks/endpoint-state.tsx';
import { ask, rest, type Schemas } from '#admin/rest/client.ts';
import { useAct } from '#admin/ui/act.ts';
import { useOpenAddress } from '#admin/ui/address-link.tsx';
import { FilterSelect } from '#admin/ui/filter-select.tsx';
import { Page } from '#admin/ui/page.tsx';
import { filters, given, plainSearch } from '#admin/ui/search.ts';
import { endpointsQuery } from './portal-shell.tsx';

/** As the route of this page validates them; its router is not the one that the types know. */
const readFilters = filters('state', 'endpoint');

type Endpoint = Schemas['PortalEndpoint'];

/** The endpoints of a subscriber, and all that was sent to them. */
export function OwnDeliveries() {
  const endpoints = useQuery(endpointsQuery).data?.endpoints ?? [];
  const { state, endpoint } = readFilters(useSearch({ strict: false }));
  const openAddress = useOpenAddress();
  const filterBy = (change: { state?: string; endpoint?: string }) =>
    openAddress(`/${plainSearch.stringifySearch({ state, endpoint, ...change })}`, { replace: true });
  const filter = given({ state: isDeliveryState(state) ? state : undefined, endpoint_id: endpoint });
  const query = useInfiniteQuery({
    queryKey: ['portal-deliveries', filter],
    queryFn: ({ pageParam }) =>
      ask(rest.GET('/api/v1/portal/deliveries', { params: { query: given({ ...filter, cursor: pageParam }) } })),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    refetchInterval: 5_000,
  });
  return (
    <Page title="Deliveries to your app" lead="Every event that was sent, with each attempt and your app’s answer.">
      <Stack gap="sm">
        {endpoints.map((each) => (
          <OwnEndpoint key={each.id} endpoint={each} />
        ))}
      </Stack>
      <Group gap="sm" align="flex-end">
        <FilterSelect
          label="State"
          data={deliveryStates}
          value={state}
          onFilter={(value) => filterBy({ state: value })}
          w={150}
        />
        {endpoints.length > 1 && (
          <FilterSelect
            label="Endpoint"
            data={endpoints.map(({ id, url, description }) => ({ value: id, label: description || url }))}
            value={endpoint}
            onFilter={(value) => filterBy({ endpoint: value })}
            w={260}
          />
        )}
      </Group>
      <DeliveryRows query={query} isFiltered={Object.keys(filter).length > 0} />
    </Page>
  );
}

function OwnEndpoint({ endpoint }: { endpoint: Endpoint }) {
  const { id, url, description, is_active } = endpoint;
  const openAddress = useOpenAddress();
  const test = useAct(
    () => ask(rest.POST('/api/v1/portal/endpoints/{id}/test', { params: { path: { id } } })),
    ({ delivery_id }) => {
      openAddress(`/deliveries/${delivery_id}`);
      return 'A test event is on its way.';
    },
  );
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" align="flex-start">
        <div>
          <Text fw={600} className="wrap">
            {description || url}
          </Text>
          {description && <div className="dim mono wrap">{url}</div>}
          <Group gap="sm" mt="xs">
            <EndpointState endpoint={endpoint} />
            <Text size="sm">{endpointState(endpoint).why}</Text>
          </Group>
        </div>
        <Button size="xs" variant="default" onClick={() => test.mutate()} loading={test.isPending} disabled={!is_active}>
          Send test event
        </Button>
      </Group>
    </Paper>
  );
}
