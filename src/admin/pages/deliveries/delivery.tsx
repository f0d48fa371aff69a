import { Anchor, Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { ask, rest, type Schemas } from '#admin/rest/client.ts';
import { useMay } from '#admin/rest/session.ts';
import { useAct } from '#admin/ui/act.ts';
import { Confirm } from '#admin/ui/confirm.tsx';
import { Loaded, Page } from '#admin/ui/page.tsx';
import { DeliveryBody } from './delivery-body.tsx';
import { useEndpointNames } from './delivery-table.tsx';

type DeliveryFacts = Schemas['WebhookDeliveryWithAttempts'];

const route = getRouteApi('/deliveries/$id');

/** One delivery: body, attempts with answers, and actions. */
export function Delivery() {
  const { id } = route.useParams();
  const names = useEndpointNames();
  const query = useQuery({
    queryKey: ['delivery', id],
    queryFn: () => ask(rest.GET('/api/v1/webhooks/deliveries/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data?.state === 'pending' ? 1_000 : 15_000),
  });
  return (
    <Page
      title={query.data ? `Delivery of ${query.data.event_type}` : 'Delivery'}
      lead={<span className="mono wrap">{id}</span>}
      actions={query.data && <Actions delivery={query.data} />}
    >
      <Loaded query={query}>
        {(delivery) => (
          <DeliveryBody
            delivery={delivery}
            endpoint={
              <Anchor component={Link} to={`/webhooks/${delivery.endpoint_id}`}>
                {names.get(delivery.endpoint_id) ?? 'deleted'}
              </Anchor>
            }
          />
        )}
      </Loaded>
    </Page>
  );
}

function Actions({ delivery: { id, state } }: { delivery: DeliveryFacts }) {
  const path = { params: { path: { id } } };
  const navigate = useNavigate();
  const mayWrite = useMay('webhooks:write');
  const retry = useAct(() => ask(rest.POST('/api/v1/webhooks/deliveries/{id}/retry', path)), 'It is sent now.');
  const cancel = useAct(() => ask(rest.POST('/api/v1/webhooks/deliveries/{id}/cancel', path)), 'It is not sent any more.');
  const redrive = useAct(() => ask(rest.POST('/api/v1/webhooks/dead-letters/{id}/redrive', path)), 'It is sent again.');
  const discard = useAct(
    () =>
      ask(rest.POST('/api/v1/webhooks/dead-letters/{id}/discard', { ...path, body: { note: 'Discarded in the admin pages' } })),
    'The dead letter is discarded.',
  );
  const replay = useAct(
    () => ask(rest.POST('/api/v1/webhooks/deliveries/{id}/replay', path)),
    (created) => {
      void navigate({ to: '/deliveries/$id', params: { id: created.id } });
      return 'The event is sent once more, as another delivery.';
    },
  );
  if (!mayWrite) return null;
  return (
    <>
      {state === 'pending' && (
        <>
          <Button size="xs" onClick={() => retry.mutate()} loading={retry.isPending}>
            Send now
          </Button>
          <Button size="xs" variant="default" onClick={() => cancel.mutate()} loading={cancel.isPending}>
            Cancel
          </Button>
        </>
      )}
      {state === 'dead' && (
        <>
          <Button size="xs" onClick={() => redrive.mutate()} loading={redrive.isPending}>
            Send again
          </Button>
          <Confirm
            label="Discard"
            title="Discard this dead letter?"
            confirm="Discard"
            isDangerous
            onConfirm={() => discard.mutateAsync()}
          >
            The app never gets this event. It stays in the list as discarded.
          </Confirm>
        </>
      )}
      {state !== 'pending' && state !== 'dead' && (
        <Button size="xs" variant="default" onClick={() => replay.mutate()} loading={replay.isPending}>
          Send once more
        </Button>
      )}
    </>
  );
}
