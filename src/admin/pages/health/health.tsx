import { Anchor, Paper, SimpleGrid, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { sayWork } from '#admin/pages/settings/use-schedules.ts';
import { useAccountName } from '#admin/rest/accounts.ts';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import { AddressLink } from '#admin/ui/address-link.tsx';
import { Loaded, Page } from '#admin/ui/page.tsx';
import { type Mood, StateBadge } from '#admin/ui/state-badge.tsx';
import { Time } from '#admin/ui/words/time.tsx';
import { ActivityChart } from './activity-chart.tsx';
import { DriftTable } from './drift.tsx';
import { sayHealth } from './say-health.ts';

type Overview = Schemas['Overview'];

/** Whether everything is all right, in one sentence first. */
export function Health() {
  const overview = useQuery({
    queryKey: ['overview'],
    queryFn: () => askData(rest.GET('/api/v1/overview')),
  });
  const connections = useQuery({
    queryKey: ['connections'],
    queryFn: () => askData(rest.GET('/api/v1/connections')),
    retry: false,
  });
  const troubled = connections.data?.connections.filter(({ state }) => state === 'failing' || state === 'reauthorise') ?? [];
  return (
    <Page title="Health">
      <Loaded query={overview}>
        {(data) => (
          <>
            <Text size="xl" fw={600} className="sentence" role="status">
              {sayHealth(data, troubled)}
            </Text>
            <Tiles overview={data} />
            <Paper withBorder p="md">
              <ActivityChart activity={data.activity} />
            </Paper>
            <DriftTable />
            <Next />
          </>
        )}
      </Loaded>
    </Page>
  );
}

interface TileFacts {
  label: string;
  value: number;
  mood: Mood;
  says: string;
  to: string;
}

function tilesOf({ contacts, needsYou, deliveries }: Overview): TileFacts[] {
  const questions = needsYou.candidates + needsYou.conflicts + needsYou.submissions + needsYou.deletes;
  const isLate = deliveries.oldestDueSeconds > 60;
  return [
    { label: 'In step', value: contacts.synced + contacts.outside, mood: 'good', says: 'people', to: '/people' },
    {
      label: 'On their way',
      value: contacts.pending,
      mood: contacts.pending > 0 ? 'waiting' : 'good',
      says: contacts.pending > 0 ? 'being written' : 'nobody',
      to: '/people?state=pending',
    },
    {
      label: 'Could not be written',
      value: needsYou.failures,
      mood: needsYou.failures > 0 ? 'bad' : 'good',
      says: needsYou.failures > 0 ? 'see why' : 'nobody',
      to: '/needs-you',
    },
    {
      label: 'Decisions for you',
      value: questions,
      mood: questions > 0 ? 'warning' : 'good',
      says: questions > 0 ? 'wait' : 'none',
      to: '/needs-you',
    },
    {
      label: 'Wait for a go-live',
      value: contacts.held,
      mood: contacts.held > 0 ? 'off' : 'good',
      says: contacts.held > 0 ? 'account not live' : 'nobody',
      to: '/go-live',
    },
    {
      label: 'Deliveries waiting',
      value: deliveries.pending,
      mood: isLate ? 'warning' : 'good',
      says: isLate ? 'late' : 'in time',
      to: '/deliveries?state=pending',
    },
    {
      label: 'Dead letters',
      value: deliveries.dead,
      mood: deliveries.dead > 0 ? 'bad' : 'good',
      says: deliveries.dead > 0 ? 'not delivered' : 'none',
      to: '/deliveries?state=dead',
    },
    {
      label: 'Endpoints not reached',
      value: deliveries.breakersOpen + deliveries.disabled,
      mood: deliveries.breakersOpen + deliveries.disabled > 0 ? 'bad' : 'good',
      says: deliveries.breakersOpen + deliveries.disabled > 0 ? 'see which' : 'none',
      to: '/webhooks',
    },
  ];
}

/** Each opens the list that it counts. */
function Tiles({ overview }: { overview: Overview }) {
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 4 }} spacing="sm">
      {tilesOf(overview).map(({ label, value, mood, says, to }) => (
        <Paper key={label} withBorder p="md" component={AddressLink} address={to} className="tile">
          <Text size="sm" c="dimmed">
            {label}
          </Text>
          <Text className="tile-number">{value.toLocaleString('en')}</Text>
          <StateBadge mood={mood}>{says}</StateBadge>
        </Paper>
      ))}
    </SimpleGrid>
  );
}

/** Schedules and their next runs. */
function Next() {
  const accountName = useAccountName();
  const stats = useQuery({ queryKey: ['stats'], queryFn: () => askData(rest.GET('/sync/stats')) });
  const schedules = stats.data?.schedules;
  if (schedules === undefined) return null;
  if (schedules?.length === 0) {
    return (
      <Text size="sm">
        No account is connected:{' '}
        <Anchor component={Link} to="/connections" underline="always" size="sm">
          connect the first one
        </Anchor>
        .
      </Text>
    );
  }
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        What runs by itself
      </Title>
      {schedules === null ? (
        <Text size="sm">Temporal does not answer: nothing is read or written until it does. Webhooks are stored meanwhile.</Text>
      ) : (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>What</Table.Th>
              <Table.Th>Last</Table.Th>
              <Table.Th>Next</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {schedules.map(({ id, provider, kind, paused, note, running, last_run_at, next_run_at }) => (
              <Table.Tr key={id}>
                <Table.Td>
                  {sayWork({ kind, provider }, accountName)}
                  {running > 0 && ', running now'}
                </Table.Td>
                <Table.Td>
                  <Time at={last_run_at} />
                </Table.Td>
                <Table.Td>{paused ? `paused${note ? `: ${note}` : ''}` : <Time at={next_run_at} />}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Text size="sm" mt="xs">
        <Anchor component={Link} to="/connections" underline="always">
          Connections
        </Anchor>{' '}
        has a button to do either now.
      </Text>
    </section>
  );
}
