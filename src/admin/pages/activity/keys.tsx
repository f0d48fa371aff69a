import { Button, Checkbox, Group, Select, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ask, askData, rest, type Schemas } from '#admin/rest/client.ts';
import type { paths } from '#admin/rest/openapi.d.ts';
import { useAct } from '#admin/ui/act.ts';
import { Confirm } from '#admin/ui/confirm.tsx';
import { type Column, DataTable } from '#admin/ui/data-table.tsx';
import { DialogButton } from '#admin/ui/dialog-button.tsx';
import { Loaded } from '#admin/ui/page.tsx';
import { ShownOnce } from '#admin/ui/shown-once.tsx';
import { StateBadge } from '#admin/ui/state-badge.tsx';
import { Time } from '#admin/ui/words/time.tsx';

type Key = Schemas['ApiKey'];

const columns: Column<Key>[] = [
  {
    id: 'name',
    header: 'Name',
    cell: ({ name, prefix }) => (
      <>
        <b>{name}</b>
        <div className="dim mono">{prefix}…</div>
      </>
    ),
  },
  { id: 'role', header: 'Role', isWide: true, cell: ({ role }) => role },
  { id: 'scopes', header: 'Scopes', isWide: true, cell: ({ scopes }) => scopes.join(', ') },
  { id: 'used', header: 'Last used', isWide: true, cell: ({ lastUsedAt }) => <Time at={lastUsedAt} /> },
  {
    id: 'state',
    header: 'State',
    cell: (key) => (
      <Group gap="xs">
        <KeyState apiKey={key} />
        {works(key) && <Revoke apiKey={key} />}
      </Group>
    ),
  },
];

const works = ({ revokedAt, expiresAt }: Key) => !revokedAt && !(expiresAt && new Date(expiresAt) < new Date());

function KeyState({ apiKey }: { apiKey: Key }) {
  if (apiKey.revokedAt) return <StateBadge mood="off">revoked</StateBadge>;
  if (!works(apiKey)) return <StateBadge mood="off">expired</StateBadge>;
  return <StateBadge mood="good">works</StateBadge>;
}

function Revoke({ apiKey: { id, name } }: { apiKey: Key }) {
  const revoke = useAct(() => ask(rest.DELETE('/api/v1/api-keys/{id}', { params: { path: { id } } })), 'The key is revoked.');
  return (
    <Confirm label="Revoke" title={`Revoke the key ${name}?`} confirm="Revoke" isDangerous onConfirm={() => revoke.mutateAsync()}>
      Whoever uses it is refused from now on, and signed out. It cannot be taken back: make another key instead.
    </Confirm>
  );
}

/** The keys, and the way to another one. */
export function Keys() {
  const query = useQuery({ queryKey: ['api-keys'], queryFn: () => askData(rest.GET('/api/v1/api-keys')) });
  return (
    <Stack gap="md">
      <div>
        <DialogButton label="New key …" title="A new API key" size="lg">
          {() => <NewKey />}
        </DialogButton>
      </div>
      <Loaded query={query}>{({ keys }) => <DataTable label="API keys" rows={keys} columns={columns} />}</Loaded>
    </Stack>
  );
}

type NewKeyBody = NonNullable<paths['/api/v1/api-keys']['post']['requestBody']>['content']['application/json'];
type Scope = NewKeyBody['scopes'][number];

const kinds: Record<string, { label: string; scopes: Scope[] }> = {
  viewer: { label: 'A viewer: reads everything, with personal data hidden', scopes: ['viewer'] },
  operator: {
    label: 'An operator: puts right what is wrong',
    scopes: ['sync:read', 'sync:write', 'inbox:read', 'connections:read', 'webhooks:read', 'webhooks:write'],
  },
  admin: { label: 'An admin: everything', scopes: ['admin'] },
  program: { label: 'A program: choose what it may do', scopes: [] },
};

/** With a line for each scope of the API, which the type checks. */
const programScopes: Record<Exclude<Scope, 'viewer' | 'admin'>, string> = {
  'sync:read': 'read people and the sync',
  'sync:write': 'change people and the sync',
  'imports:write': 'import people from files',
  'exports:read': 'export people to files',
  'inbox:read': 'read incoming webhooks',
  'connections:read': 'read connections',
  'connections:write': 'connect accounts',
  'webhooks:read': 'read endpoints and deliveries',
  'webhooks:write': 'change endpoints and deliveries',
  'metrics:read': 'read metrics',
};

const periods = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'One year' },
  { value: '', label: 'No end' },
];

function NewKey() {
  const [name, setName] = useState('');
  const [kind, setKind] = useState('viewer');
  const [own, setOwn] = useState<string[]>(['sync:read']);
  const [days, setDays] = useState('90');
  const create = useAct(
    () => {
      const scopes = kind === 'program' ? (own as Scope[]) : (kinds[kind]?.scopes ?? []);
      const body = { name: name.trim(), scopes, expiresInDays: days === '' ? null : Number(days) };
      return askData(rest.POST('/api/v1/api-keys', { body }));
    },
    () => null,
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  if (create.data)
    return (
      <ShownOnce what="key" secret={create.data.key}>
        Whoever has it may do what you have chosen. Send it by a way that nobody else reads.
      </ShownOnce>
    );
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label="Name"
          description="The person or program that will use it. It stands beside each change that they make."
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={100}
          required
          data-autofocus
        />
        <Select
          label="For"
          data={Object.entries(kinds).map(([value, { label }]) => ({ value, label }))}
          value={kind}
          onChange={(value) => setKind(value ?? 'viewer')}
          allowDeselect={false}
        />
        {kind === 'program' && (
          <Checkbox.Group label="It may" value={own} onChange={setOwn}>
            <Stack gap={6} mt={6}>
              {Object.entries(programScopes).map(([value, label]) => (
                <Checkbox key={value} value={value} label={`${label} (${value})`} />
              ))}
            </Stack>
          </Checkbox.Group>
        )}
        <Select
          label="Works for"
          data={periods}
          value={days}
          onChange={(value) => setDays(value ?? '90')}
          allowDeselect={false}
          w={160}
        />
        <Group>
          <Button type="submit" loading={create.isPending} disabled={kind === 'program' && own.length === 0}>
            Create key
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
