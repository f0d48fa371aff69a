import { Alert, Button, Code, Group, List, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useAccountName } from '#admin/rest/accounts.ts';
import { askData, rest } from '#admin/rest/client.ts';
import { useAct } from '#admin/ui/act.ts';
import { AddressLink } from '#admin/ui/address-link.tsx';
import { DialogButton } from '#admin/ui/dialog-button.tsx';
import { Icon } from '#admin/ui/icons.tsx';
import { Loaded, Page } from '#admin/ui/page.tsx';

const askErasure = (id: string, reason: string, preview: 'true' | 'false') =>
  askData(rest.POST('/api/v1/contacts/{id}/erase', { params: { path: { id }, query: { preview } }, body: { reason } }));

/** Deletes a person everywhere, after a preview and a typed confirmation. */
export function Erase({ id }: { id: string }) {
  return (
    <DialogButton label="Erase …" title="Erase this person everywhere" button={{ variant: 'default' }} size="lg">
      {(close) => <Form id={id} close={close} />}
    </DialogButton>
  );
}

function Form({ id, close }: { id: string; close: () => void }) {
  const navigate = useNavigate();
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const erase = useAct(
    () => askErasure(id, reason, 'false'),
    ({ erasure }) => {
      close();
      if (erasure) void navigate({ to: '/erasures/$id', params: { id: erasure.id } });
      return 'The person is being erased.';
    },
  );
  // Nobody types it by accident.
  const word = id.slice(-6);
  return (
    <Stack>
      <Preview id={id} />
      <TextInput
        label="Reason"
        description="It stays with the proof: write it without personal data."
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
      />
      <TextInput
        label="Confirmation"
        description={
          <>
            This cannot be undone. Type <Code>{word}</Code>.
          </>
        }
        value={typed}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      />
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          Keep as it is
        </Button>
        <Button
          color="red.9"
          onClick={() => erase.mutate()}
          disabled={reason.trim() === '' || typed !== word}
          loading={erase.isPending}
        >
          Erase everywhere
        </Button>
      </Group>
    </Stack>
  );
}

function Preview({ id }: { id: string }) {
  const accountName = useAccountName();
  const preview = useQuery({
    queryKey: ['erase-preview', id],
    queryFn: () => askErasure(id, 'preview', 'true'),
    refetchInterval: false,
    retry: false,
    gcTime: 0,
  });
  return (
    <Loaded query={preview}>
      {({ records, tables }) => (
        <div>
          <Text size="sm">These records are deleted:</Text>
          <List size="sm" mb="xs">
            {records.map(({ provider, externalId }) => (
              <List.Item key={`${provider} ${externalId}`}>
                {accountName(provider)}: <span className="mono">{externalId ?? 'one that is being created'}</span>
              </List.Item>
            ))}
          </List>
          <Text size="sm">
            Accord deletes {tables.reduce((sum, { rows, stays }) => (stays ? sum : sum + rows), 0)} rows: its history, webhooks,
            form submissions, deliveries to subscribers, and everything else about the person.
          </Text>
        </div>
      )}
    </Loaded>
  );
}

/** Replaces the page of an erased person. `detail` names the erasure. */
export function ErasedPerson({ detail }: { detail: string }) {
  const [erasureId] = /(?<=erasures\/)[0-9a-f-]+/.exec(detail) ?? [];
  return (
    <Page title="This person was erased">
      <Alert variant="light" color="gray" icon={<Icon name="minus" />}>
        <Text size="sm">
          Accord has deleted everything about this person.{' '}
          {erasureId && <AddressLink address={`/erasures/${erasureId}`}>The proof of each system</AddressLink>}
        </Text>
      </Alert>
    </Page>
  );
}
