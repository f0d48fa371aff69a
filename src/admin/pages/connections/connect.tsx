import { Button, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import { useAct } from '#admin/ui/act.ts';
import { DialogButton } from '#admin/ui/dialog-button.tsx';

type Connection = Schemas['Connection'];

/** Connects an account by the vendor's own page, or by a key. */
export function Connect({ connection }: { connection: Connection }) {
  const { name, state, methods } = connection;
  if (methods.length === 0) return null;
  return (
    <DialogButton
      label={state === 'not-connected' ? 'Connect …' : 'Connect again …'}
      title={`Connect ${name}`}
      button={{ variant: state === 'connected' ? 'default' : 'filled' }}
    >
      {(close) => (
        <Stack>
          {methods.includes('oauth') && <ByVendorPage connection={connection} close={close} />}
          {methods.includes('key') && <ByKey connection={connection} close={close} />}
        </Stack>
      )}
    </DialogButton>
  );
}

function ByVendorPage({ connection: { account, name, redirectUri }, close }: { connection: Connection; close: () => void }) {
  const client = useQueryClient();
  const begin = useAct(
    () => askData(rest.POST('/api/v1/connections/{account}/authorize', { params: { path: { account } }, body: {} })),
    ({ authorizeUrl }) => {
      window.open(authorizeUrl, '_blank', 'noopener');
      return null;
    },
  );
  const id = begin.data?.id;
  const followed = useQuery({
    queryKey: ['authorization', id],
    queryFn: () => askData(rest.GET('/api/v1/connections/authorizations/{id}', { params: { path: { id: id ?? '' } } })),
    enabled: id !== undefined,
    refetchInterval: 1_000,
  });
  const isConnected = followed.data?.state === 'connected';
  useEffect(() => {
    if (!isConnected) return;
    void client.invalidateQueries({ queryKey: ['connections'] });
    close();
  }, [isConnected, client, close]);
  return (
    <div>
      <Text size="sm" mb="xs">
        {name} asks whether Accord may use the account. Its page opens in another tab.
      </Text>
      {redirectUri && (
        <Text size="sm" c="dimmed" mb="xs" className="wrap">
          The app there must allow the redirect URI <span className="mono">{redirectUri}</span>.
        </Text>
      )}
      <Button onClick={() => begin.mutate()} loading={begin.isPending}>
        Go to {name}
      </Button>
      {id && !isConnected && (
        <Text size="sm" mt="xs" role="status">
          {followed.data?.message ?? `Waiting for ${name} …`}
        </Text>
      )}
    </div>
  );
}

function ByKey({ connection: { account, name, keyHelp, keyVariables }, close }: { connection: Connection; close: () => void }) {
  const [values, setValues] = useState<Record<string, string>>({});
  const [fault, setFault] = useState('');
  const connect = useAct(
    () => askData(rest.PUT('/api/v1/connections/{account}', { params: { path: { account } }, body: { variables: values } })),
    `${name} is connected.`,
  );
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    await connect.mutateAsync().then(close, (error: Error) => setFault(error.message));
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {keyHelp && <Text size="sm">{keyHelp}</Text>}
        {keyVariables.map(({ name: variable, label, isSecret }) => {
          const Input = isSecret ? PasswordInput : TextInput;
          return (
            <Input
              key={variable}
              label={label}
              value={values[variable] ?? ''}
              onChange={(event) => setValues({ ...values, [variable]: event.currentTarget.value })}
              required
            />
          );
        })}
        {fault && (
          <Text size="sm" className="fault" role="alert">
            {fault}
          </Text>
        )}
        <Group>
          <Button type="submit" loading={connect.isPending}>
            Connect
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
