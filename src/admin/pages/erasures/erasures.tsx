import { Group, Paper, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import { AddressLink } from '#admin/ui/address-link.tsx';
import { Empty, Loaded, Page } from '#admin/ui/page.tsx';
import { StateBadge } from '#admin/ui/state-badge.tsx';
import { AccountNames } from '#admin/ui/words/account-names.tsx';
import { Time } from '#admin/ui/words/time.tsx';

/** The newest erasures, with their open systems. */
export function Erasures() {
  const query = useQuery({
    queryKey: ['erasures'],
    queryFn: () => askData(rest.GET('/api/v1/erasures', { params: { query: { limit: 100 } } })),
    refetchInterval: 15_000,
  });
  return (
    <Page title="Erasures" lead="People who were erased at every system, with the proofs. Nothing here says who they were.">
      <Loaded query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty icon="minus" title="Nobody was erased">
              A person is erased on the page of the person.
            </Empty>
          ) : (
            <Stack gap="xs">
              {data.map((erasure) => (
                <Row key={erasure.id} erasure={erasure} />
              ))}
            </Stack>
          )
        }
      </Loaded>
    </Page>
  );
}

function Row({ erasure: { id, state, reason, requestedAt, records } }: { erasure: Schemas['Erasure'] }) {
  const open = [...new Set(records.filter((record) => record.state !== 'verified').map(({ provider }) => provider))];
  return (
    <Paper withBorder p="sm">
      <Group gap="sm">
        <StateBadge mood={state === 'completed' ? 'good' : 'waiting'}>
          {state === 'completed' ? 'erased everywhere' : 'in progress'}
        </StateBadge>
        <AddressLink address={`/erasures/${id}`}>{reason}</AddressLink>
        <Text size="sm" c="dimmed">
          <Time at={requestedAt} />
        </Text>
        {open.length > 0 && (
          <Text size="sm">
            open at <AccountNames ids={open} />
          </Text>
        )}
      </Group>
    </Paper>
  );
}
