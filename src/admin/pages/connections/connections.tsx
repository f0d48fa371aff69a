import { Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import { useMay } from '#admin/rest/session.ts';
import { useAct } from '#admin/ui/act.ts';
import { Confirm } from '#admin/ui/confirm.tsx';
import { Facts } from '#admin/ui/facts.tsx';
import { Loaded, Page } from '#admin/ui/page.tsx';
import { type Mood, StateBadge } from '#admin/ui/state-badge.tsx';
import { Time } from '#admin/ui/time.tsx';
import { Connect } from './connect.tsx';

type Connection = Schemas['Connection'];
type Schedule = Schemas['ScheduleState'];

/** The accounts: state, scopes and schedules. */
export function Connections() {
  const query = useQuery({ queryKey: ['connections'], queryFn: () => askData(rest.GET('/api/v1/connections')) });
  const stats = useQuery({ queryKey: ['stats'], queryFn: () => askData(rest.GET('/sync/stats')) });
  const schedules = stats.data?.schedules ?? [];
  return (
    <Page title="Connections" lead="The accounts that Accord keeps in step.">
      <Loaded query={query}>
        {({ connections }) => (
          <Stack gap="md">
            {connections.map((connection) => (
              <Account
                key={connection.account}
                connection={connection}
                schedules={schedules.filter(({ provider }) => provider === connection.account)}
              />
            ))}
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

const states: Record<Connection['state'], { mood: Mood; label: string }> = {
  connected: { mood: 'good', label: 'connected' },
  'not-connected': { mood: 'off', label: 'not connected' },
  expiring: { mood: 'warning', label: 'ends soon' },
  failing: { mood: 'bad', label: 'does not answer' },
  reauthorise: { mood: 'bad', label: 'connect again' },
};

function Account({ connection, schedules }: { connection: Connection; schedules: readonly Schedule[] }) {
  const {
    account,
    name,
    state,
    advice,
    identity,
    scopes,
    connectedAt,
    connectedBy,
    expiresAt,
    failingSince,
    source,
    checks,
    checkedAt,
  } = connection;
  const { mood, label } = states[state];
  const poll = schedules.find(({ kind }) => kind === 'poll');
  const pass = schedules.find(({ kind }) => kind === 'reconcile');
  return (
    <Paper withBorder p="md" component="section" aria-label={name}>
      <Group justify="space-between" align="flex-start" mb="sm">
        <div>
          <Group gap="sm">
            <Title order={2} size="h4">
              {name}
            </Title>
            <StateBadge mood={mood}>{label}</StateBadge>
          </Group>
          {account !== name.toLowerCase() && (
            <Text size="sm" c="dimmed" className="mono">
              {account}
            </Text>
          )}
        </div>
        <Actions connection={connection} hasPoll={poll !== undefined} />
      </Group>
      {advice && !(state === 'not-connected' && connection.methods.length > 0) && (
        <Text size="sm" mb="sm" className="wrap">
          {advice}
        </Text>
      )}
      <Facts
        facts={[
          ['Account there', identity && (identity.name ?? identity.id)],
          ['Connected', connectedAt && <Time key="connected" at={connectedAt} />],
          ['By', connectedBy],
          ['Credentials', source === 'environment' ? 'from the environment' : source === 'stored' ? 'stored, encrypted' : null],
          ['Credentials end', expiresAt && <Time key="expires" at={expiresAt} />],
          ['Failing since', failingSince && <Time key="failing" at={failingSince} />],
          ['Asked for changes', poll?.last_run_at && <Time key="poll" at={poll.last_run_at} />],
          ['Compared', pass?.last_run_at && <Time key="pass" at={pass.last_run_at} />],
          ['Compared next', pass && (pass.paused ? 'paused' : <Time key="next" at={pass.next_run_at} />)],
          ['Checked', checkedAt && <Time key="checked" at={checkedAt} />],
        ]}
      />
      {scopes && scopes.length > 0 && (
        <Group gap={4} mt="sm">
          {scopes.map((scope) => (
            <Badge key={scope} variant="default" size="sm">
              {scope}
            </Badge>
          ))}
        </Group>
      )}
      {checks && (
        <Stack gap={4} mt="sm">
          {checks.map((check) => (
            <Group key={check.name} gap="xs" wrap="nowrap" align="flex-start">
              <StateBadge mood={check.isOk ? 'good' : 'bad'}>{check.name}</StateBadge>
              <Text size="sm" className="wrap">
                {check.message} {check.fix}
              </Text>
            </Group>
          ))}
        </Stack>
      )}
    </Paper>
  );
}

function Actions({ connection, hasPoll }: { connection: Connection; hasPoll: boolean }) {
  const { account, name, state, source } = connection;
  const mayConnect = useMay('connections:write');
  const maySync = useMay('sync:write');
  const path = { params: { path: { account } } };
  const check = useAct(() => askData(rest.POST('/api/v1/connections/{account}/check', path)), `${name} is checked.`);
  const disconnect = useAct(
    () => askData(rest.DELETE('/api/v1/connections/{account}', path)),
    ({ message }) => message,
  );
  const poll = useAct(() => askData(rest.POST('/sync/poll', { body: { provider: account } })), `${name} is asked for changes.`);
  const pass = useAct(
    () => askData(rest.POST('/sync/trigger', { body: { provider: account } })),
    `Everything is compared with ${name}.`,
  );
  const isConnected = state !== 'not-connected';
  return (
    <Group gap="xs">
      {mayConnect && source !== 'environment' && <Connect connection={connection} />}
      {maySync && isConnected && hasPoll && (
        <Button size="xs" variant="default" onClick={() => poll.mutate()} loading={poll.isPending}>
          Ask for changes now
        </Button>
      )}
      {maySync && isConnected && (
        <Button size="xs" variant="default" onClick={() => pass.mutate()} loading={pass.isPending}>
          Compare everything now
        </Button>
      )}
      {mayConnect && isConnected && (
        <Button size="xs" variant="default" onClick={() => check.mutate()} loading={check.isPending}>
          Check
        </Button>
      )}
      {mayConnect && source === 'stored' && (
        <Confirm
          label="Disconnect"
          title={`Disconnect ${name}?`}
          confirm="Disconnect"
          isDangerous
          onConfirm={() => disconnect.mutateAsync()}
        >
          Accord forgets the credentials. Records stay linked: connecting the same account again goes on where it was.
        </Confirm>
      )}
    </Group>
  );
}
