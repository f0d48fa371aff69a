import { Button, Group, Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import { useMay } from '#admin/rest/session.ts';
import { useAct } from '#admin/ui/act.ts';
import { DecisionList } from '#admin/ui/decision-list.tsx';
import { DialogButton } from '#admin/ui/dialog-button.tsx';
import { Empty, Loaded, Page } from '#admin/ui/page.tsx';
import { Request } from './request.tsx';

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
  return (
    <Page
      title="Deletes"
      lead="People who were deleted at one account, and their records at the others."
      actions={mayWrite && state === 'open' && requests && requests.length > 1 && <DecideAll />}
    >
      <DecisionList
        query={query}
        items={requests}
        label="Which requests"
        states={states}
        state={state}
        onState={(value) => void navigate({ search: (before) => ({ ...before, state: value }), replace: true })}
        keys={mayWrite ? { d: 'delete', s: 'keep' } : null}
        empty={
          <Empty icon="check" title={state === 'open' ? 'Nothing to decide' : 'Nothing here'}>
            {state === 'open' && 'Accord asks here when somebody deletes a person at one account who has records at others.'}
          </Empty>
        }
        elementIdOf={({ id }) => `delete-${id}`}
      >
        {(request, place) => <Request key={request.id} request={request} {...place} />}
      </DecisionList>
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
