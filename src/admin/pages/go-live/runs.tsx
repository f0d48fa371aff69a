import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useAccountName } from '#admin/rest/accounts.ts';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import { useMay } from '#admin/rest/session.ts';
import { useAct } from '#admin/ui/act.ts';
import { type Column, DataTable } from '#admin/ui/data-table.tsx';
import { DialogButton } from '#admin/ui/dialog-button.tsx';
import { Loaded } from '#admin/ui/page.tsx';
import { type Mood, StateBadge } from '#admin/ui/state-badge.tsx';
import { AccountNames } from '#admin/ui/words/account-names.tsx';
import { sayActor } from '#admin/ui/words/actor.ts';
import { Time } from '#admin/ui/words/time.tsx';

type Run = Schemas['GoLiveRun'];

const states: Record<Run['state'], { mood: Mood; label: string }> = {
  running: { mood: 'waiting', label: 'running' },
  completed: { mood: 'good', label: 'completed' },
  stopped: { mood: 'off', label: 'stopped' },
  failed: { mood: 'bad', label: 'failed' },
};

const columns: Column<Run>[] = [
  {
    id: 'account',
    header: 'Account',
    cell: ({ provider, limit, startedAt, actor }) => (
      <>
        <b>
          <AccountNames ids={[provider]} />
        </b>
        {limit !== null && `, ${limit} ${limit === 1 ? 'person' : 'people'}`}
        <div className="dim">
          <Time at={startedAt} /> by {sayActor(actor)}
        </div>
      </>
    ),
  },
  { id: 'state', header: 'State', cell: (run) => <RunState run={run} /> },
  { id: 'pushed', header: 'Written', align: 'right', isWide: true, cell: ({ pushed }) => pushed.toLocaleString('en') },
  { id: 'failed', header: 'Failed', align: 'right', isWide: true, cell: ({ failed }) => failed.toLocaleString('en') },
  { id: 'undo', header: '', align: 'right', cell: (run) => <Undo run={run} /> },
];

function RunState({ run: { state, pushed, failed, undo, error } }: { run: Run }) {
  const { mood, label } = states[state];
  return (
    <>
      <StateBadge mood={mood}>{label}</StateBadge>
      <div className="dim narrow-only">
        {pushed.toLocaleString('en')} written{failed > 0 && `, ${failed.toLocaleString('en')} failed`}
      </div>
      {error && <div className="dim wrap">{error}</div>}
      {undo && (
        <div className="dim">
          undo {undo.state}: {undo.removed} removed, {undo.restored} restored, {undo.left} left
        </div>
      )}
    </>
  );
}

/** The go-lives so far, with their progress. */
export function Runs() {
  const query = useQuery({
    queryKey: ['go-live-runs'],
    queryFn: () => askData(rest.GET('/api/v1/go-live', { params: { query: { limit: 20 } } })),
    refetchInterval: ({ state }) =>
      state.data?.runs.some((run) => run.state === 'running' || run.undo?.state === 'running') ? 1_000 : 15_000,
  });
  const runs = query.data?.runs ?? [];
  if (runs.length === 0) return null;
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        Go-lives so far
      </Title>
      <DataTable label="Go-lives" rows={runs} columns={columns} />
    </section>
  );
}

function Undo({ run }: { run: Run }) {
  const mayWrite = useMay('sync:write');
  const accountName = useAccountName();
  if (!mayWrite || run.state === 'running' || (run.undo && run.undo.state !== 'failed')) return null;
  return (
    <DialogButton
      label="Undo …"
      title={`Take back what was written to ${accountName(run.provider)}`}
      button={{ variant: 'default' }}
    >
      {(close) => <Preview run={run} close={close} />}
    </DialogButton>
  );
}

function Preview({ run: { id, provider }, close }: { run: Run; close: () => void }) {
  const accountName = useAccountName();
  const path = (preview: 'true' | 'false') => ({ params: { path: { id }, query: { preview } } });
  const preview = useQuery({
    queryKey: ['undo', id],
    queryFn: () => askData(rest.POST('/api/v1/go-live/{id}/undo', path('true'))),
    refetchInterval: false,
    gcTime: 0,
    retry: false,
  });
  const undo = useAct(
    () => askData(rest.POST('/api/v1/go-live/{id}/undo', path('false'))),
    () => {
      close();
      return `The writes to ${accountName(provider)} are undone.`;
    },
  );
  return (
    <Loaded query={preview}>
      {({ removed, restored, left }) => (
        <Stack>
          <Text>
            Records deleted: {removed}. Given their former values: {restored}. Left as they are, because somebody has edited them
            since: {left}. The account is only read afterwards.
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Keep them
            </Button>
            <Button color="red.9" onClick={() => undo.mutate()} loading={undo.isPending}>
              Take back
            </Button>
          </Group>
        </Stack>
      )}
    </Loaded>
  );
}
