import { Button, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import { useMay } from '#admin/rest/session.ts';
import { useAct } from '#admin/ui/act.ts';
import { DialogButton } from '#admin/ui/dialog-button.tsx';
import { Empty, Loaded, Page, Waiting } from '#admin/ui/page.tsx';
import { useChosen } from '#admin/ui/use-chosen.ts';
import { Request } from './request.tsx';
import { type Decision, useDecide } from './use-decide.ts';

type State = Schemas['DeleteRequest']['state'];

const route = getRouteApi('/deletes');

const states: { value: State; label: string }[] = [
  { value: 'open', label: 'To decide' },
  { value: 'approved', label: 'Being deleted' },
  { value: 'deleted', label: 'Deleted' },
  { value: 'kept', label: 'Kept' },
];

/** Requests to delete records after a deletion at another account. */
export function Deletes() {
  const { state: wanted } = route.useSearch();
  const state = states.find(({ value }) => value === wanted)?.value ?? 'open';
  const navigate = useNavigate({ from: '/deletes' });
  const mayWrite = useMay('sync:write');
  const query = useInfiniteQuery({
    queryKey: ['deletes', state],
    queryFn: ({ pageParam }) =>
      askData(rest.GET('/api/v1/deletes', { params: { query: { state, limit: 20, ...(pageParam && { cursor: pageParam }) } } })),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  const requests = query.data?.pages.flatMap((page) => page.deletes);
  const { active, choose } = useChosen(requests?.map(({ id }) => `delete-${id}`) ?? []);
  const { mutate } = useDecide();
  const act = (decision: Decision) => {
    const request = requests?.[active];
    if (request && mayWrite && state === 'open') mutate({ id: request.id, revision: request.revision, decision });
  };
  useHotkeys([
    ['d', () => act('approve')],
    ['x', () => act('reject')],
  ]);
  return (
    <Page
      title="Deletes"
      lead="People who were deleted at one account, and their records at the others."
      actions={mayWrite && state === 'open' && requests && requests.length > 1 && <DecideAll />}
    >
      <Group justify="space-between">
        <SegmentedControl
          aria-label="Which requests"
          value={state}
          onChange={(value) => void navigate({ search: (before) => ({ ...before, state: value }), replace: true })}
          data={states}
        />
        {mayWrite && (
          <Text size="sm" c="dimmed" className="wide-only">
            Keys: <kbd>j</kbd> <kbd>k</kbd> move, <kbd>d</kbd> delete, <kbd>x</kbd> keep
          </Text>
        )}
      </Group>
      <Waiting query={query} />
      {requests?.length === 0 && (
        <Empty icon="check" title={state === 'open' ? 'Nothing to decide' : 'Nothing here'}>
          {state === 'open' && 'Accord asks here when somebody deletes a person at one account who has records at others.'}
        </Empty>
      )}
      <Stack gap="md">
        {requests?.map((request, index) => (
          <Request key={request.id} request={request} isActive={index === active && mayWrite} onChoose={() => choose(index)} />
        ))}
      </Stack>
      {query.hasNextPage && (
        <Button variant="default" onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>
          Show more
        </Button>
      )}
    </Page>
  );
}

function DecideAll() {
  return (
    <Group gap="xs">
      {(['approve', 'reject'] as const).map((decision) => (
        <DialogButton
          key={decision}
          label={decision === 'approve' ? 'Delete all …' : 'Keep all …'}
          title={decision === 'approve' ? 'Delete all of these records' : 'Keep all of these records'}
          button={{ variant: 'default', size: 'sm' }}
        >
          {(close) => <DecidePreview decision={decision} close={close} />}
        </DialogButton>
      ))}
    </Group>
  );
}

function DecidePreview({ decision, close }: { decision: 'approve' | 'reject'; close: () => void }) {
  const body = { decision, filter: {}, limit: 200 } as const;
  const count = useQuery({
    queryKey: ['decide-deletes', decision],
    queryFn: () => askData(rest.POST('/api/v1/deletes/decide', { body: { ...body, dryRun: true } })),
    refetchInterval: false,
    gcTime: 0,
  });
  const run = useAct(
    () => askData(rest.POST('/api/v1/deletes/decide', { body: { ...body, dryRun: false } })),
    ({ deletes }) => {
      close();
      const decided = deletes.filter(({ outcome }) => outcome === 'decided').length;
      return `${decided} ${decided === 1 ? 'request is' : 'requests are'} decided.`;
    },
  );
  const verb = decision === 'approve' ? 'Delete' : 'Keep';
  return (
    <Loaded query={count}>
      {({ deletes, total }) => (
        <Stack>
          <Text>
            {decision === 'approve' ? 'Records to be deleted at their vendors' : 'Records that stay'}: <b>{deletes.length}</b>
            {total > deletes.length && `, the newest of ${total}`}.
            {decision === 'approve' && ' Each can be created again later, with a new id.'}
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Leave them
            </Button>
            <Button {...(decision === 'approve' ? { color: 'red.9' } : {})} onClick={() => run.mutate()} loading={run.isPending}>
              {verb} {deletes.length}
            </Button>
          </Group>
        </Stack>
      )}
    </Loaded>
  );
}
