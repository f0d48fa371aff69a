import { Anchor, Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Reason } from '#admin/pages/settings/schedules.tsx';
import { type Schedule, schedulesQuery, usePause } from '#admin/pages/settings/use-schedules.ts';
import { accountsQuery } from '#admin/rest/accounts.ts';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import { useMay } from '#admin/rest/session.ts';
import { useAct } from '#admin/ui/act.ts';
import { Confirm } from '#admin/ui/confirm.tsx';
import { DialogButton } from '#admin/ui/dialog-button.tsx';
import { Facts } from '#admin/ui/facts.tsx';
import { Loaded, Page } from '#admin/ui/page.tsx';
import { type Mood, StateBadge } from '#admin/ui/state-badge.tsx';
import { Time } from '#admin/ui/words/time.tsx';
import { Connect } from './connect.tsx';

type Connection = Schemas['Connection'];

/** The accounts: state, scopes and schedules. */
export function Connections() {
  const query = useQuery({ queryKey: ['connections'], queryFn: () => askData(rest.GET('/api/v1/connections')) });
  const schedules = useQuery(schedulesQuery).data?.schedules ?? [];
  const modes = new Map(useQuery(accountsQuery).data?.accounts.map(({ provider, mode }) => [provider, mode]));
  return (
    <Page title="Connections" lead="The accounts that Accord keeps in step.">
      <Loaded query={query}>
        {({ connections }) => (
          <Stack gap="md">
            {connections.map((connection) => (
              <Account
                key={connection.account}
                connection={connection}
                mode={modes.get(connection.account) ?? null}
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

interface AccountProps {
  connection: Connection;
  mode: string | null;
  schedules: readonly Schedule[];
}

/** The writing mode, which the page Go-live changes. */
const sayMode: Record<string, string> = {
  live: 'every change',
  canary: 'some people only',
  paused: 'nothing: paused',
  observe: 'nothing before the go-live',
};

function Account({ connection, mode, schedules }: AccountProps) {
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
    rate,
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
        <Actions connection={connection} schedules={schedules} />
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
          [
            'Accord writes',
            mode && (
              <Anchor key="mode" component={Link} to="/go-live" underline="always" size="sm">
                {sayMode[mode] ?? mode}
              </Anchor>
            ),
          ],
          ['Last call that worked', rate?.lastSuccessAt && <Time key="success" at={rate.lastSuccessAt} />],
          ['Calls', rate && sayRate(rate)],
          ['Asked for changes', poll && (poll.isPaused ? 'paused' : <Time key="poll" at={poll.lastRunAt} />)],
          ['Compared', pass?.lastRunAt && <Time key="pass" at={pass.lastRunAt} />],
          ['Compared next', pass && (pass.isPaused ? 'paused' : <Time key="next" at={pass.nextRunAt} />)],
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

/** `3 of 10 a second, 12 wait`. */
function sayRate({ perSecond, usedPerSecond, waiting, pausedSeconds }: NonNullable<Connection['rate']>): string {
  const number = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
  return [
    `${number.format(usedPerSecond)} of ${number.format(perSecond)} a second`,
    ...(waiting > 0 ? [`${waiting} wait`] : []),
    ...(pausedSeconds > 0 ? [`held for ${Math.ceil(pausedSeconds)} s, as the vendor asks`] : []),
  ].join(', ');
}

function Actions({ connection, schedules }: { connection: Connection; schedules: readonly Schedule[] }) {
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
  const { pause: pauseReading, resume } = usePause();
  const isConnected = state !== 'not-connected';
  const hasPoll = schedules.some(({ kind }) => kind === 'poll');
  const isPaused = schedules.length > 0 && schedules.every((each) => each.isPaused);
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
      {maySync && isConnected && isPaused && (
        <Button size="xs" onClick={() => resume.mutate(schedules)} loading={resume.isPending}>
          Resume
        </Button>
      )}
      {maySync && isConnected && schedules.length > 0 && !isPaused && (
        <DialogButton label="Pause …" title={`Pause ${name}`} button={{ variant: 'default' }}>
          {(close) => (
            <Stack gap="sm">
              <Text size="sm">
                Accord neither asks for changes nor compares by itself. Webhooks are taken in, and changes are written: Go-live
                has a button to pause writing.
              </Text>
              <Reason onPause={(reason) => pauseReading.mutateAsync({ schedules, reason }).then(close, () => {})} />
            </Stack>
          )}
        </DialogButton>
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
