import { Button, Group, Modal, Paper, Stack, Tabs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { DeliveryTable } from '#admin/pages/deliveries/delivery-table.tsx';
import { ask, rest, type Schemas } from '#admin/rest/client.ts';
import { useMay } from '#admin/rest/session.ts';
import { useAct } from '#admin/ui/act.ts';
import { AddressLink } from '#admin/ui/address-link.tsx';
import { Confirm } from '#admin/ui/confirm.tsx';
import { Facts } from '#admin/ui/facts.tsx';
import { Loaded, Page } from '#admin/ui/page.tsx';
import { Time } from '#admin/ui/words/time.tsx';
import { EndpointForm, type EndpointSettings } from './endpoint-form.tsx';
import { EndpointState, endpointState } from './endpoint-state.tsx';
import { PortalLinks } from './portal-links.tsx';
import { SecretOnce } from './secret-once.tsx';

type Endpoint = Schemas['Webhook'];

const route = getRouteApi('/webhooks/$id');

/** One endpoint: its health, its deliveries and its settings. */
export function Webhook() {
  const { id } = route.useParams();
  const query = useQuery({
    queryKey: ['webhook', id],
    queryFn: () => ask(rest.GET('/api/v1/webhooks/{id}', { params: { path: { id } } })),
  });
  const endpoint = query.data;
  return (
    <Page
      title={endpoint?.description || endpoint?.url || 'Endpoint'}
      lead={endpoint?.description ? <span className="mono wrap">{endpoint.url}</span> : null}
      actions={endpoint && <Actions endpoint={endpoint} />}
    >
      <Loaded query={query}>{(loaded) => <Body endpoint={loaded} />}</Loaded>
    </Page>
  );
}

function Body({ endpoint }: { endpoint: Endpoint }) {
  const { id } = endpoint;
  const { why } = endpointState(endpoint);
  const mayWrite = useMay('webhooks:write');
  return (
    <>
      <Paper withBorder p="md">
        <Group gap="sm" mb="md">
          <EndpointState endpoint={endpoint} />
          <Text size="sm">{why}</Text>
        </Group>
        <Facts
          facts={[
            ['Last success', <Time key="success" at={endpoint.last_success_at} />],
            ['Last failure', <Time key="failure" at={endpoint.last_failure_at} />],
            ['Failing since', endpoint.failing_since && <Time key="since" at={endpoint.failing_since} />],
            ['Tried again', endpoint.breaker_until && <Time key="until" at={endpoint.breaker_until} />],
            ['Events', endpoint.events.join(', ')],
            [
              'Earlier secret also signs until',
              endpoint.previous_secret_expires_at && <Time key="secret" at={endpoint.previous_secret_expires_at} />,
            ],
            ['Created', <Time key="created" at={endpoint.created_at} />],
          ]}
        />
      </Paper>
      <Tabs defaultValue="deliveries" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="deliveries">Deliveries</Tabs.Tab>
          <Tabs.Tab value="dead">Dead letters</Tabs.Tab>
          {mayWrite && <Tabs.Tab value="settings">Settings</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="deliveries">
          <DeliveryTable filter={{ endpoint_id: id }} />
        </Tabs.Panel>
        <Tabs.Panel value="dead">
          <DeliveryTable filter={{ endpoint_id: id, state: 'dead' }} />
        </Tabs.Panel>
        {mayWrite && (
          <Tabs.Panel value="settings">
            <Settings endpoint={endpoint} />
          </Tabs.Panel>
        )}
      </Tabs>
    </>
  );
}

function Settings({ endpoint }: { endpoint: Endpoint }) {
  const { id, url, description, events, max_retries, timeout, rate_per_second, ordered, include_previous } = endpoint;
  const navigate = useNavigate();
  const save = useAct(
    (body: EndpointSettings) => ask(rest.PATCH('/api/v1/webhooks/{id}', { params: { path: { id } }, body })),
    'The settings are saved.',
  );
  const remove = useAct(
    () => ask(rest.DELETE('/api/v1/webhooks/{id}', { params: { path: { id } } })),
    () => {
      void navigate({ to: '/webhooks' });
      return 'The endpoint is deleted.';
    },
  );
  return (
    <Stack gap="xl">
      <EndpointForm
        initial={{ url, description, events, max_retries, timeout, rate_per_second, ordered, include_previous }}
        submitLabel="Save"
        onSubmit={save.mutateAsync}
      />
      <div>
        <Confirm
          label="Delete endpoint"
          title="Delete this endpoint?"
          confirm="Delete"
          isDangerous
          onConfirm={() => remove.mutateAsync()}
        >
          What waits for it is not sent any more. Its deliveries stay in the list until they are old.
        </Confirm>
      </div>
    </Stack>
  );
}

function Actions({ endpoint: { id, is_active } }: { endpoint: Endpoint }) {
  const mayWrite = useMay('webhooks:write');
  const [secret, setSecret] = useState<string | null>(null);
  const path = { params: { path: { id } } };
  const navigate = useNavigate();
  const test = useAct(
    () => ask(rest.POST('/api/v1/webhooks/{id}/test', path)),
    ({ delivery_id }) => {
      void navigate({ to: '/deliveries/$id', params: { id: delivery_id } });
      return 'A test event is on its way.';
    },
  );
  const rotate = useAct(
    () => ask(rest.POST('/api/v1/webhooks/{id}/rotate-secret', { ...path, body: { overlap_hours: 24, immediate: false } })),
    (rotated) => {
      setSecret(rotated.secret);
      return null;
    },
  );
  const turn = useAct(
    () => ask(rest.POST(is_active ? '/api/v1/webhooks/{id}/disable' : '/api/v1/webhooks/{id}/enable', path)),
    is_active ? 'The endpoint is off.' : 'The endpoint is on.',
  );
  return (
    <>
      <Button size="xs" variant="default" component={AddressLink} address={`/deliveries?endpoint=${id}`}>
        All its deliveries
      </Button>
      {mayWrite && (
        <>
          <Button size="xs" variant="default" onClick={() => test.mutate()} loading={test.isPending} disabled={!is_active}>
            Send test event
          </Button>
          <PortalLinks id={id} />
          <Confirm label="Rotate secret" title="Make a new secret?" confirm="Rotate" onConfirm={() => rotate.mutateAsync()}>
            For 24 hours each event is signed with both secrets, so that your app has time to change over.
          </Confirm>
          <Confirm
            label={is_active ? 'Switch off' : 'Switch on'}
            title={is_active ? 'Switch this endpoint off?' : 'Switch this endpoint on?'}
            confirm={is_active ? 'Switch off' : 'Switch on'}
            onConfirm={() => turn.mutateAsync()}
          >
            {is_active
              ? 'Nothing is sent to it until it is on again. New events are not kept for it.'
              : 'It receives new events again.'}
          </Confirm>
        </>
      )}
      <Modal opened={secret !== null} onClose={() => setSecret(null)} title="The new secret" size="lg">
        {secret !== null && <SecretOnce secret={secret} />}
      </Modal>
    </>
  );
}
