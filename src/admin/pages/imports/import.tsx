import { Alert, Button, Group, List, Progress, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { basePath } from '#admin/rest/base-path.ts';
import { askData, rest } from '#admin/rest/client.ts';
import { useAct } from '#admin/ui/act.ts';
import { Icon } from '#admin/ui/icons.tsx';
import { Loaded, Page } from '#admin/ui/page.tsx';
import { sayActor } from '#admin/ui/words/actor.ts';
import { Time } from '#admin/ui/words/time.tsx';
import { type Import, ImportState, isUnderWay, outcomes } from './import-state.tsx';

const route = getRouteApi('/imports/$id');

/** One file: the plan or result of its import, and the problems of its rows. */
export function ImportPage() {
  const { id } = route.useParams();
  const query = useQuery({
    queryKey: ['import', id],
    queryFn: () => askData(rest.GET('/api/v1/imports/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data && isUnderWay(state.data.import) ? 1_000 : 30_000),
  });
  const run = query.data?.import;
  return (
    <Page title={run?.fileName ?? 'Import'} lead={<Link to="/imports">All imports</Link>} actions={run && <Actions run={run} />}>
      <Loaded query={query}>{({ import: shown }) => <Body run={shown} />}</Loaded>
    </Page>
  );
}

function Body({ run }: { run: Import }) {
  const { state, rows, done, problems, actor, createdAt, finishedAt } = run;
  return (
    <>
      <Group gap="sm">
        <ImportState state={state} />
        <Text size="sm">
          {rows.toLocaleString('en')} {rows === 1 ? 'row' : 'rows'}, sent <Time at={createdAt} /> by {sayActor(actor)}.
          {finishedAt && (
            <>
              {' '}
              Ended <Time at={finishedAt} />.
            </>
          )}
        </Text>
      </Group>
      {isUnderWay(run) && <Progress value={rows > 0 ? (done / rows) * 100 : 0} aria-label="Rows processed" />}
      <Result run={run} />
      {problems > 0 && <Problems run={run} />}
    </>
  );
}

function Result({ run }: { run: Import }) {
  const { state, error, repeatsId, checked, imported, areRowsKept } = run;
  if (state === 'refused')
    return (
      <Alert variant="light" color="red" className="alert-red" icon={<Icon name="warning" />} title="The file cannot be read">
        {error}
      </Alert>
    );
  if (state === 'repeated' && repeatsId)
    return (
      <Text size="sm">
        Nothing was done: this file was imported before, in{' '}
        <Link to="/imports/$id" params={{ id: repeatsId }}>
          another import
        </Link>
        .
      </Text>
    );
  if (state === 'receiving')
    return <Text size="sm">The file has not arrived as a whole. If nobody is sending it, cancel this import.</Text>;
  const isDryRun = state === 'checking' || state === 'checked';
  const counts = isDryRun ? checked : imported;
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        {isDryRun ? 'What would be imported' : 'What was imported'}
      </Title>
      <List size="sm">
        {outcomes
          .filter(({ outcome }) => counts[outcome] > 0)
          .map(({ outcome, says }) => (
            <List.Item key={outcome}>
              <b>{counts[outcome].toLocaleString('en')}</b> {says}
            </List.Item>
          ))}
      </List>
      {state === 'checked' && !areRowsKept && (
        <Text size="sm">The rows are removed by now: send the file again to import it.</Text>
      )}
    </section>
  );
}

/** The first problems. The file has all of them. */
function Problems({ run: { id, state, problems } }: { run: Import }) {
  const query = useQuery({
    queryKey: ['import-problems', id, state],
    queryFn: () =>
      askData(rest.GET('/api/v1/imports/{id}/rows', { params: { path: { id }, query: { filter: 'problem', limit: 20 } } })),
  });
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        {problems.toLocaleString('en')} {problems === 1 ? 'row' : 'rows'} with problems
      </Title>
      <Stack gap="xs">
        <Loaded query={query}>
          {({ rows }) => (
            <List size="sm">
              {rows.flatMap(({ line, problems: found }) =>
                found.map(({ column, message }) => (
                  <List.Item key={`${line} ${column} ${message}`} className="wrap">
                    line {line}
                    {column === null ? '' : `, ${column}`}: {message}
                  </List.Item>
                )),
              )}
            </List>
          )}
        </Loaded>
        <div>
          <Button size="xs" variant="default" component="a" href={`${basePath}/api/v1/imports/${id}/problems`} download>
            Download them as CSV
          </Button>
        </div>
      </Stack>
    </section>
  );
}

function Actions({ run }: { run: Import }) {
  const { id, state, areRowsKept } = run;
  const rows = run.rows - run.checked.unreadable;
  const path = { params: { path: { id } } };
  const start = useAct(() => askData(rest.POST('/api/v1/imports/{id}/start', path)), 'The import is under way.');
  const cancel = useAct(
    () => askData(rest.POST('/api/v1/imports/{id}/cancel', path)),
    'Cancelled. Rows that were imported before stay.',
  );
  const mayCancel = isUnderWay(run) || state === 'receiving' || state === 'checked';
  return (
    <>
      {state === 'checked' && areRowsKept && rows > 0 && (
        <Button size="xs" onClick={() => start.mutate()} loading={start.isPending}>
          Import {rows.toLocaleString('en')} {rows === 1 ? 'row' : 'rows'}
        </Button>
      )}
      {mayCancel && (
        <Button size="xs" variant="default" onClick={() => cancel.mutate()} loading={cancel.isPending}>
          Cancel the import
        </Button>
      )}
    </>
  );
}
