import { Alert, Button, Group, List, Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useAccountName } from '#admin/rest/accounts.ts';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import { useMay } from '#admin/rest/session.ts';
import { useAct } from '#admin/ui/act.ts';
import { Icon } from '#admin/ui/icons.tsx';
import { Loaded, Page } from '#admin/ui/page.tsx';
import { StateBadge } from '#admin/ui/state-badge.tsx';
import { sayActor } from '#admin/ui/words/actor.ts';
import { Time } from '#admin/ui/words/time.tsx';
import { Lift } from './lift.tsx';

type Erasure = Schemas['Erasure'];
type Proof = Schemas['ErasureProof'];

const route = getRouteApi('/erasures/$id');

/** One erasure: the answer of each system, and the open ones. */
export function ErasurePage() {
  const { id } = route.useParams();
  const query = useQuery({
    queryKey: ['erasure', id],
    queryFn: () => askData(rest.GET('/api/v1/erasures/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? 1_500 : 30_000),
  });
  return (
    <Page title="Erasure" lead={<span className="mono wrap">{id}</span>} actions={query.data && <Actions erasure={query.data} />}>
      <Loaded query={query}>{(erasure) => <Body erasure={erasure} />}</Loaded>
    </Page>
  );
}

function Body({ erasure }: { erasure: Erasure }) {
  const { state, reason, actor, requestedAt, completedAt, records, removed, blocked, liftedAt, liftedBy } = erasure;
  const rows = Object.values(removed).reduce((sum, count) => sum + count, 0);
  return (
    <>
      <Group gap="sm">
        <StateBadge mood={state === 'completed' ? 'good' : 'waiting'}>
          {state === 'completed' ? 'erased everywhere' : 'in progress'}
        </StateBadge>
        <Text size="sm">
          Requested <Time at={requestedAt} /> by {sayActor(actor)}: {reason}.
          {completedAt && (
            <>
              {' '}
              Completed <Time at={completedAt} />.
            </>
          )}
        </Text>
      </Group>
      <section>
        <Title order={2} size="h4" mb="xs">
          Proof of each system
        </Title>
        <Stack gap="xs">
          {records.map((record) => (
            <Record key={record.id} record={record} />
          ))}
          {records.length === 0 && <Text size="sm">No system had a record.</Text>}
        </Stack>
      </section>
      <Text size="sm">
        Accord has deleted {rows} {rows === 1 ? 'row' : 'rows'}.{' '}
        {liftedAt ? (
          <>
            The person may return: lifted <Time at={liftedAt} /> by {sayActor(liftedBy)}.
          </>
        ) : (
          `Records and forms of the person that were kept out since then: ${blocked}.`
        )}
      </Text>
      <ToDo erasure={erasure} />
    </>
  );
}

function Record({ record }: { record: Proof }) {
  const accountName = useAccountName();
  const { provider, state, error } = record;
  return (
    <Paper withBorder p="sm">
      <Group gap="sm">
        <Text fw={600}>{accountName(provider)}</Text>
        <StateBadge mood={state === 'verified' ? 'good' : error ? 'warning' : 'waiting'}>
          {state === 'verified' ? 'gone' : 'open'}
        </StateBadge>
      </Group>
      <Text size="sm" className="wrap">
        {state === 'verified' ? <Gone record={record} /> : (error ?? 'It is being deleted.')}
      </Text>
    </Paper>
  );
}

function Gone({ record: { answer, calledAt, verifiedAt, verifiedStatus } }: { record: Proof }) {
  if (answer === 'never-created') return 'No record was ever created.';
  return (
    <>
      {answer === 'accepted' ? 'Deleted' : 'It was gone already'} <Time at={calledAt} />; a read <Time at={verifiedAt} /> found
      nothing{verifiedStatus === null ? '' : ` (status ${verifiedStatus})`}.
    </>
  );
}

/** Limits of an erasure. */
function ToDo({ erasure: { endpointIds, exportFiles, contactId } }: { erasure: Erasure }) {
  if (endpointIds.length + exportFiles.length === 0) return null;
  return (
    <Alert variant="light" color="orange" className="alert-orange" icon={<Icon name="warning" />} title="To be done by hand">
      <List size="sm">
        {endpointIds.map((id) => (
          <List.Item key={id}>
            The subscriber at endpoint <span className="mono">{id}</span> got events of the person: tell its owner.
          </List.Item>
        ))}
        {exportFiles.map((file) => (
          <List.Item key={file}>
            Delete the lines of <span className="mono">{contactId}</span> in <span className="mono">{file}</span>.
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

function Actions({ erasure: { id, state, liftedAt } }: { erasure: Erasure }) {
  const mayRetry = useMay('sync:write');
  const mayLift = useMay('admin');
  const retry = useAct(
    () => askData(rest.POST('/api/v1/erasures/{id}/retry', { params: { path: { id } } })),
    'Every system is asked again.',
  );
  if (state === 'running')
    return mayRetry ? (
      <Button size="xs" onClick={() => retry.mutate()} loading={retry.isPending}>
        Ask again now
      </Button>
    ) : null;
  return mayLift && liftedAt === null ? <Lift id={id} /> : null;
}
