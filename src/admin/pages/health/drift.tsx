import { Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import { StateBadge } from '#admin/ui/state-badge.tsx';
import { AccountNames } from '#admin/ui/words/account-names.tsx';
import { Time } from '#admin/ui/words/time.tsx';

type Run = Schemas['ReconcileRun'];

const doubts = {
  empty: 'listing was empty',
  incomplete: 'listing was incomplete',
  loss: 'too many were missing',
};

/** The drift that the last full pass over each account found, and its rest. */
export function DriftTable() {
  const runs = useQuery({
    queryKey: ['runs'],
    queryFn: () => askData(rest.GET('/sync/runs', { params: { query: { limit: 50 } } })),
  });
  const last = (runs.data?.runs ?? []).filter(isFirstCompleted);
  if (last.length === 0) return null;
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        What the last full passes found
      </Title>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Account</Table.Th>
            <Table.Th className="wide-only">When</Table.Th>
            <Table.Th>Different</Table.Th>
            <Table.Th className="wide-only">Put right</Table.Th>
            <Table.Th>Left</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {last.map((run) => (
            <Row key={run.id} run={run} />
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function isFirstCompleted(run: Run, index: number, runs: readonly Run[]): boolean {
  const isDone = ({ drift }: Run) => drift !== null;
  return isDone(run) && runs.findIndex((each) => each.provider === run.provider && isDone(each)) === index;
}

function Row({ run: { provider, finishedAt, drift, doubt } }: { run: Run }) {
  if (drift === null) return null;
  return (
    <Table.Tr>
      <Table.Td>
        <AccountNames ids={[provider]} />
        {doubt !== null && (
          <Text size="sm" component="div">
            <StateBadge mood="warning">{doubts[doubt]}</StateBadge> no deletion was followed
          </Text>
        )}
      </Table.Td>
      <Table.Td className="wide-only">
        <Time at={finishedAt} />
      </Table.Td>
      <Table.Td>
        {drift.found} of {drift.linked} ({drift.foundPercent} %)
      </Table.Td>
      <Table.Td className="wide-only">{drift.repaired}</Table.Td>
      <Table.Td>
        {drift.remaining} ({drift.remainingPercent} %)
      </Table.Td>
    </Table.Tr>
  );
}
