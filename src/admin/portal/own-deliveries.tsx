import { Button, Group, Paper, Select, Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { deliveryStates } from '#admin/pages/deliveries/delivery-state.tsx';
import { type DeliveryFilter, DeliveryRows } from '#admin/pages/deliveries/delivery-table.tsx';
import { EndpointState, endpointState } from '#admin/pages/webhooks/endpoint-state.tsx';
import { ask, rest, type Schemas } from '#admin/rest/client.ts';
import { useAct } from '#admin/ui/act.ts';
import { Page } from '#admin/ui/page.tsx';
import { type Filters, given } from '#admin/ui/search.ts';
import { endpointsQuery } from './portal-shell.tsx';

type Endpoint = Schemas['PortalEndpoint'];

/** The endpoints of a subscriber, and all that was sent to them. */
export function OwnDeliveries() {
  const endpoints = useQuery(endpointsQuery).data?.endpoints ?? [];
  const { state, endpoint } = useSearch({ strict: false }) as Filters<'state' | 'endpoint'>;
  const navigate = useNavigate();
  const filterBy = (change: Filters<'state' | 'endpoint'>) =>
    void navigate({ search: { state, endpoint, ...change } as never, replace: true });
  const filter = given({ state, endpoint_id: endpoint }) as Pick<DeliveryFilter, 'state' | 'endpoint_id'>;
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
        <Select
          label="State"
          placeholder="Any"
          clearable
          clearButtonProps={{ 'aria-label': 'Any state' }}
          data={deliveryStates}
          value={state ?? null}
          onChange={(value) => filterBy({ state: value ?? '' })}
          w={150}
        />
        {endpoints.length > 1 && (
          <Select
            label="Endpoint"
            placeholder="Any"
            clearable
            clearButtonProps={{ 'aria-label': 'Any endpoint' }}
            data={endpoints.map(({ id, url, description }) => ({ value: id, label: description || url }))}
            value={endpoint ?? null}
            onChange={(value) => filterBy({ endpoint: value ?? '' })}
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
  const navigate = useNavigate();
  const test = useAct(
    () => ask(rest.POST('/api/v1/portal/endpoints/{id}/test', { params: { path: { id } } })),
    ({ delivery_id }) => {
      void navigate({ to: `/deliveries/${delivery_id}` as never });
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
