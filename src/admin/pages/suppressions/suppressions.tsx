import { Button, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { basePath } from '#admin/rest/base-path.ts';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import { useMay } from '#admin/rest/session.ts';
import { useAct } from '#admin/ui/act.ts';
import type { Column } from '#admin/ui/data-table.tsx';
import { DialogButton } from '#admin/ui/dialog-button.tsx';
import { Empty, Page } from '#admin/ui/page.tsx';
import { PagedTable } from '#admin/ui/paged-table.tsx';
import { sayActor } from '#admin/ui/words/actor.ts';
import { Time } from '#admin/ui/words/time.tsx';
import { ImportFile } from './import-file.tsx';

type Suppression = Schemas['Suppression'];

const route = getRouteApi('/suppressions');

const channels = [
  { value: '', label: 'All' },
  { value: 'call', label: 'Calls' },
  { value: 'sms', label: 'Texts' },
  { value: 'email', label: 'Emails' },
];

const sayChannel = (channel: string): string => channels.find(({ value }) => value === channel)?.label.toLowerCase() ?? channel;

const columns: Column<Suppression>[] = [
  { id: 'value', header: 'Number or address', cell: ({ value }) => <span className="mono wrap">{value}</span> },
  { id: 'channel', header: 'Channel', cell: ({ channel }) => sayChannel(channel) },
  { id: 'reason', header: 'Reason', isWide: true, cell: ({ reason }) => reason ?? '' },
  { id: 'by', header: 'By', isWide: true, cell: ({ actor }) => sayActor(actor) },
  { id: 'since', header: 'Since', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { id: 'lift', header: '', cell: (entry) => <Lift entry={entry} /> },
];

/** Numbers and addresses that nobody is contacted at. */
export function Suppressions() {
  const { channel = '', q = '' } = route.useSearch();
  const navigate = useNavigate({ from: '/suppressions' });
  const mayWrite = useMay('sync:write');
  const filter = { ...(isChannel(channel) && { channel }), ...(q && { q }) };
  const query = useInfiniteQuery({
    queryKey: ['suppressions', filter],
    queryFn: ({ pageParam }) =>
      askData(rest.GET('/api/v1/suppressions', { params: { query: { ...filter, ...(pageParam && { cursor: pageParam }) } } })),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  const shown = query.data?.pages.flatMap(({ suppressions }) => suppressions);
  const filterBy = (change: { channel?: string; q?: string }) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  return (
    <Page
      title="Suppression list"
      lead="Phone numbers and email addresses that nobody is contacted at, whether or not a contact has them."
      actions={
        <>
          {mayWrite && <Add />}
          {mayWrite && <ImportFile />}
          <Button size="xs" variant="default" component="a" href={`${basePath}/api/v1/suppressions/export`} download>
            Export
          </Button>
        </>
      }
    >
      <Group gap="sm" align="flex-end">
        <SegmentedControl
          aria-label="Which channel"
          data={channels}
          value={channel}
          onChange={(value) => filterBy({ channel: value })}
        />
        <TextInput
          label="Search"
          placeholder="a number in any writing, or part of an address"
          value={q}
          onChange={({ currentTarget }) => filterBy({ q: currentTarget.value })}
        />
      </Group>
      <PagedTable
        query={query}
        rows={shown}
        label="Suppressed numbers and addresses"
        columns={columns}
        empty={
          <Empty icon="minus" title={q || channel ? 'Nothing on the list matches' : 'Nothing is on the list'}>
            {q || channel ? 'Change the filters to see others.' : 'Add a number, or import the list of another system as CSV.'}
          </Empty>
        }
      />
    </Page>
  );
}

function isChannel(channel: string): channel is Suppression['channel'] {
  return channel === 'call' || channel === 'sms' || channel === 'email';
}

function Add() {
  return (
    <DialogButton label="Add …" title="Suppress a number or an address">
      {(close) => <AddForm close={close} />}
    </DialogButton>
  );
}

function AddForm({ close }: { close: () => void }) {
  const [text, setText] = useState('');
  const [reason, setReason] = useState('');
  const add = useAct(
    () => {
      const entry = text.includes('@') ? { email: text.trim() } : { phone: text.trim() };
      return askData(rest.POST('/api/v1/suppressions', { body: { ...entry, ...(reason.trim() && { reason: reason.trim() }) } }));
    },
    ({ added, contactIds }) => {
      close();
      return added === 0 ? 'It was on the list already.' : `On the list. Contacts that have it: ${contactIds.length}.`;
    },
  );
  return (
    <Stack>
      <TextInput
        label="Number or address"
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        data-autofocus
      />
      <TextInput
        label="Reason"
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
        maxLength={1_000}
      />
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button onClick={() => add.mutate()} disabled={text.trim() === ''} loading={add.isPending}>
          Suppress
        </Button>
      </Group>
    </Stack>
  );
}

function Lift({ entry }: { entry: Suppression }) {
  if (!useMay('sync:write')) return null;
  return (
    <DialogButton label="Lift …" title={`Lift ${entry.value}`} button={{ variant: 'default' }}>
      {(close) => <LiftForm entry={entry} close={close} />}
    </DialogButton>
  );
}

function LiftForm({ entry: { id, channel }, close }: { entry: Suppression; close: () => void }) {
  const [reason, setReason] = useState('');
  const lift = useAct(
    () => askData(rest.DELETE('/api/v1/suppressions/{id}', { params: { path: { id } }, body: { reason: reason.trim() } })),
    () => {
      close();
      return 'Lifted.';
    },
  );
  return (
    <Stack>
      <Text size="sm">People with it may get {sayChannel(channel)} again, unless somebody else refused.</Text>
      <TextInput
        label="How did the person allow it?"
        required
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
        maxLength={1_000}
        data-autofocus
      />
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          Keep it
        </Button>
        <Button onClick={() => lift.mutate()} disabled={reason.trim() === ''} loading={lift.isPending}>
          Lift
        </Button>
      </Group>
    </Stack>
  );
}
