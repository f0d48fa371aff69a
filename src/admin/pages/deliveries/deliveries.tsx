import { Group, Switch, TextInput } from '@mantine/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useMay } from '#admin/rest/session.ts';
import { FilterSelect } from '#admin/ui/filter-select.tsx';
import { Page } from '#admin/ui/page.tsx';
import { deliveryStates } from './delivery-state.tsx';
import { type DeliveryFilter, DeliveryTable, useEndpointNames } from './delivery-table.tsx';
import { Redrive } from './redrive.tsx';

const route = getRouteApi('/deliveries');

const eventTypes = ['new_lead', 'lead_update', 'webhook.test'];
const statusClasses = ['2xx', '3xx', '4xx', '5xx'];
const periods = [
  { value: '1', label: 'Last hour' },
  { value: '24', label: 'Last day' },
  { value: '168', label: 'Last 7 days' },
  { value: '720', label: 'Last 30 days' },
];

/** All deliveries of all endpoints. */
export function Deliveries() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: '/deliveries' });
  const names = useEndpointNames();
  const mayWrite = useMay('webhooks:write');
  const { state, event, endpoint, status, error, since, lead, tail } = search;
  const filterBy = (change: Partial<typeof search>) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  // One time for the whole list, so that its pages fit together.
  const from = useMemo(() => (since ? new Date(Date.now() - Number(since) * 3_600_000).toISOString() : undefined), [since]);
  // The API refuses a value that it does not know, and says so.
  const filter = {
    state,
    event_type: event,
    endpoint_id: endpoint,
    status_class: status,
    error_class: error,
    contact_id: lead,
    since: from,
  } as DeliveryFilter;
  return (
    <Page
      title="Deliveries"
      lead="Every event that was sent to an app, with each attempt and its answer."
      actions={
        state === 'dead' &&
        mayWrite && <Redrive filter={{ endpoint_id: endpoint, event_type: event, error_class: error, since: from }} />
      }
    >
      <Group gap="sm" align="flex-end">
        <FilterSelect
          label="State"
          data={deliveryStates}
          value={state}
          onFilter={(value) => filterBy({ state: value })}
          w={150}
        />
        <FilterSelect label="Event" data={eventTypes} value={event} onFilter={(value) => filterBy({ event: value })} w={150} />
        <FilterSelect
          label="Endpoint"
          searchable
          data={[...names].map(([value, label]) => ({ value, label }))}
          value={endpoint}
          onFilter={(value) => filterBy({ endpoint: value })}
          w={220}
        />
        <FilterSelect
          label="Answer"
          data={statusClasses}
          value={status}
          onFilter={(value) => filterBy({ status: value })}
          w={110}
        />
        <FilterSelect label="Time" data={periods} value={since} onFilter={(value) => filterBy({ since: value })} w={140} />
        <TextInput
          label="Lead"
          placeholder="Id of the lead"
          value={lead ?? ''}
          onChange={(event) => filterBy({ lead: event.currentTarget.value.trim() })}
          w={180}
        />
        <Switch
          label="Follow new ones"
          checked={tail === 'on'}
          onChange={(event) => filterBy({ tail: event.currentTarget.checked ? 'on' : '' })}
          mb={8}
        />
      </Group>
      <DeliveryTable filter={filter} isTailing={tail === 'on'} showsEndpoint />
    </Page>
  );
}
