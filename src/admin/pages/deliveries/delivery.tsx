import { Anchor, Button, Code, CopyButton, Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { ask, rest, type Schemas } from '#admin/rest/client.ts';
import { useMay } from '#admin/rest/session.ts';
import { useAct } from '#admin/ui/act.ts';
import { Confirm } from '#admin/ui/confirm.tsx';
import { Facts } from '#admin/ui/facts.tsx';
import { Loaded, Page } from '#admin/ui/page.tsx';
import { Due, Time } from '#admin/ui/time.tsx';
import { Attempt } from './attempt.tsx';
import { DeliveryState } from './delivery-state.tsx';
import { useEndpointNames } from './delivery-table.tsx';

type DeliveryFacts = Schemas['WebhookDeliveryWithAttempts'];

const route = getRouteApi('/deliveries/$id');

/** One delivery: body, attempts with answers, and actions. */
export function Delivery() {
  const { id } = route.useParams();
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
      <Loaded query={query}>{(delivery) => <Body delivery={delivery} />}</Loaded>
    </Page>
  );
}

const deadBecause: Record<string, string> = {
  exhausted: 'No retry was left.',
  permanent: 'No retry could help.',
  gone: 'The endpoint asked to be switched off.',
  expired: 'It could not be sent for as long as events are kept.',
};

function Body({ delivery }: { delivery: DeliveryFacts }) {
  const names = useEndpointNames();
  const { state, endpoint_id, dead_reason, attempt_log, payload } = delivery;
  const text = payload === null ? null : JSON.stringify(payload, null, 2);
  return (
    <>
      <Paper withBorder p="md">
        <Facts
          facts={[
            ['State', <DeliveryState key="state" state={state} />],
            [
              'Endpoint',
              <Anchor key="endpoint" component={Link} to={`/webhooks/${endpoint_id}`}>
                {names.get(endpoint_id) ?? 'deleted'}
              </Anchor>,
            ],
            ['Why it is a dead letter', dead_reason && (deadBecause[dead_reason] ?? dead_reason)],
            ['Last answer', delivery.last_error ?? (delivery.last_status === null ? 'none yet' : `HTTP ${delivery.last_status}`)],
            ['Next attempt', state === 'pending' && delivery.next_attempt_at && <Due key="next" at={delivery.next_attempt_at} />],
            ['Delivered', delivery.delivered_at && <Time key="delivered" at={delivery.delivered_at} />],
            ['Created', <Time key="created" at={delivery.created_at} />],
            [
              'Replay of',
              delivery.replay_of && (
                <Anchor key="replay" component={Link} to={`/deliveries/${delivery.replay_of}`}>
                  an earlier delivery
                </Anchor>
              ),
            ],
            ['Note', delivery.note],
          ]}
        />
      </Paper>
      <section>
        <Title order={2} size="h4" mb="sm">
          Attempts
        </Title>
        {attempt_log.length === 0 && <Text c="dimmed">It was not sent yet.</Text>}
        <Stack gap="sm">
          {attempt_log.map((attempt) => (
            <Attempt key={attempt.number} attempt={attempt} />
          ))}
        </Stack>
      </section>
      <section>
        <Title order={2} size="h4" mb="sm">
          What is sent
        </Title>
        {text === null ? (
          <Text c="dimmed">The event is too old: its body is removed.</Text>
        ) : (
          <>
            <Code block className="code" tabIndex={0}>
              {text}
            </Code>
            <CopyButton value={text}>
              {({ copied, copy }) => (
                <Button mt="xs" size="xs" variant="default" onClick={copy}>
                  {copied ? 'Copied' : 'Copy'}
                </Button>
              )}
            </CopyButton>
          </>
        )}
      </section>
    </>
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
