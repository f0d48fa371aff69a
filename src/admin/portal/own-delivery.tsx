import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { DeliveryBody } from '#admin/pages/deliveries/delivery-body.tsx';
import { ask, rest } from '#admin/rest/client.ts';
import { useAct } from '#admin/ui/act.ts';
import { AddressLink, useOpenAddress } from '#admin/ui/address-link.tsx';
import { Loaded, Page } from '#admin/ui/page.tsx';
import { endpointsQuery } from './portal-shell.tsx';

/** One delivery to the subscriber: its body, and each attempt with its answer. */
export function OwnDelivery() {
  const { id = '' } = useParams({ strict: false });
  const endpoints = useQuery(endpointsQuery).data?.endpoints ?? [];
  const openAddress = useOpenAddress();
  const path = { params: { path: { id } } };
  const query = useQuery({
    queryKey: ['portal-delivery', id],
    queryFn: () => ask(rest.GET('/api/v1/portal/deliveries/{id}', path)),
    refetchInterval: ({ state }) => (state.data?.state === 'pending' ? 1_000 : 15_000),
  });
  const replay = useAct(
    () => ask(rest.POST('/api/v1/portal/deliveries/{id}/replay', path)),
    (created) => {
      openAddress(`/deliveries/${created.id}`);
      return 'The event is sent once more, as another delivery.';
    },
  );
  const endpoint = endpoints.find((each) => each.id === query.data?.endpoint_id);
  return (
    <Page
      title={query.data ? `Delivery of ${query.data.event_type}` : 'Delivery'}
      lead={<span className="mono wrap">{id}</span>}
      actions={
        <>
          <Button size="xs" variant="default" component={AddressLink} address="/">
            All deliveries
          </Button>
          {query.data && query.data.state !== 'pending' && (
            <Button size="xs" onClick={() => replay.mutate()} loading={replay.isPending}>
              Send once more
            </Button>
          )}
        </>
      }
    >
      <Loaded query={query}>
        {(delivery) => <DeliveryBody delivery={delivery} endpoint={endpoint?.description || endpoint?.url} />}
      </Loaded>
    </Page>
  );
}
