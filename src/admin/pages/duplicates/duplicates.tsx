import { Button, Group, Modal, SegmentedControl, Stack, Text } from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import { useMay } from '#admin/rest/session.ts';
import { useAct } from '#admin/ui/act.ts';
import { Bars, Empty, Failure, Loaded, Page } from '#admin/ui/page.tsx';
import { Pair } from './pair.tsx';
import { useDecide } from './use-decide.ts';

type State = Schemas['Candidate']['state'];

const route = getRouteApi('/duplicates');

const states: { value: State; label: string }[] = [
  { value: 'open', label: 'To decide' },
  { value: 'later', label: 'Later' },
  { value: 'same', label: 'Same person' },
  { value: 'different', label: 'Different people' },
];

/** Pairs of contacts that may be one person, and the decision about each. */
export function Duplicates() {
  const { state: wanted, contact } = route.useSearch();
  const state = states.find(({ value }) => value === wanted)?.value ?? 'open';
  const navigate = useNavigate({ from: '/duplicates' });
  const mayWrite = useMay('sync:write');
  const query = useInfiniteQuery({
    queryKey: ['candidates', state, contact],
    queryFn: ({ pageParam }) =>
      askData(
        rest.GET('/api/v1/candidates', {
          params: {
            query: { state, limit: 20, ...(contact && { contactId: contact }), ...(pageParam && { cursor: pageParam }) },
          },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  const candidates = query.data?.pages.flatMap((page) => page.candidates);
  const [chosen, setChosen] = useState(0);
  const active = Math.min(chosen, Math.max(0, (candidates?.length ?? 0) - 1));
  const { decide } = useDecide();
  const act = (decision: 'accept' | 'reject' | 'later') => {
    const candidate = candidates?.[active];
    if (candidate && mayWrite && (state === 'open' || state === 'later')) decide.mutate({ id: candidate.id, decision });
  };
  const move = (by: number) => {
    const next = Math.min(Math.max(0, active + by), (candidates?.length ?? 1) - 1);
    setChosen(next);
    document.getElementById(`pair-${candidates?.[next]?.id}`)?.scrollIntoView({ block: 'nearest' });
  };
  useHotkeys([
    ['j', () => move(1)],
    ['k', () => move(-1)],
    ['s', () => act('accept')],
    ['d', () => act('reject')],
    ['l', () => act('later')],
  ]);
  return (
    <Page
      title="Duplicates"
      lead="Contacts that may be one person. Nothing is merged without you where the evidence is not enough."
      actions={mayWrite && state === 'open' && candidates && candidates.length > 1 && <DecideAll />}
    >
      <Group justify="space-between">
        <SegmentedControl
          aria-label="Which pairs"
          value={state}
          onChange={(value) => void navigate({ search: (before) => ({ ...before, state: value }), replace: true })}
          data={states}
        />
        {mayWrite && (
          <Text size="sm" c="dimmed" className="wide-only">
            Keys: <kbd>j</kbd> <kbd>k</kbd> move, <kbd>s</kbd> same, <kbd>d</kbd> different, <kbd>l</kbd> later
          </Text>
        )}
      </Group>
      {query.error && !candidates ? (
        <Failure error={query.error} retry={() => void query.refetch()} />
      ) : !candidates ? (
        <Bars />
      ) : null}
      {candidates?.length === 0 && (
        <Empty icon="twins" title={state === 'open' ? 'Nothing to decide' : 'No pair here'}>
          {state === 'open' && 'Accord has recognised everybody by itself, or asks here as soon as it is not sure.'}
        </Empty>
      )}
      <Stack gap="md">
        {candidates?.map((candidate, index) => (
          <Pair
            key={candidate.id}
            candidate={candidate}
            isActive={index === active && mayWrite}
            onChoose={() => setChosen(index)}
          />
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
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button variant="default" size="sm" onClick={open}>
        Put all off …
      </Button>
      <Modal opened={isOpen} onClose={close} title="Put all of them off">
        <PreviewAll close={close} />
      </Modal>
    </>
  );
}

function PreviewAll({ close }: { close: () => void }) {
  const body = { decision: 'later', filter: { state: 'open' }, limit: 200 } as const;
  const count = useQuery({
    queryKey: ['decide-all'],
    queryFn: () => askData(rest.POST('/api/v1/candidates/decide', { body: { ...body, dryRun: true } })),
    refetchInterval: false,
    gcTime: 0,
  });
  const run = useAct(
    () => askData(rest.POST('/api/v1/candidates/decide', { body: { ...body, dryRun: false } })),
    ({ candidates }) => {
      close();
      return `${candidates.filter(({ outcome }) => outcome === 'decided').length} pairs are put off.`;
    },
  );
  return (
    <Loaded query={count}>
      {({ candidates, hasMore }) => (
        <Stack>
          <Text>
            {candidates.length} pairs{hasMore && ', the newest of more,'} leave this list and wait under “Later”. Nothing is
            merged.
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Leave them
            </Button>
            <Button onClick={() => run.mutate()} loading={run.isPending}>
              Put {candidates.length} off
            </Button>
          </Group>
        </Stack>
      )}
    </Loaded>
  );
}
