import { Button, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import { useMay } from '#admin/rest/session.ts';
import { Empty, Page, Waiting } from '#admin/ui/page.tsx';
import { useChosen } from '#admin/ui/use-chosen.ts';
import { Bulk } from './bulk.tsx';
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
  const { active, choose } = useChosen(candidates?.map(({ id }) => `pair-${id}`) ?? []);
  const { decide, undo, lastMerged } = useDecide();
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const isUndecided = state === 'open' || state === 'later';
  const pick = (id: string, isPicked: boolean) =>
    setPicked((before) => new Set(isPicked ? [...before, id] : [...before].filter((each) => each !== id)));
  /** Opens the dialog with the writes: nothing is merged unseen. */
  const openMerge = () => document.querySelector<HTMLButtonElement>(`#pair-${candidates?.[active]?.id} [data-key="s"]`)?.click();
  const undoLast = () => {
    const contactId = lastMerged();
    if (contactId !== undefined && mayWrite) undo.mutate(contactId);
  };
  const act = (decision: 'reject' | 'later') => {
    const candidate = candidates?.[active];
    if (candidate && mayWrite && isUndecided) decide.mutate({ id: candidate.id, decision });
  };
  useHotkeys([
    ['s', openMerge],
    ['d', () => act('reject')],
    ['l', () => act('later')],
    ['u', undoLast],
  ]);
  return (
    <Page
      title="Duplicates"
      lead="Contacts that may be one person. Nothing is merged without you where the evidence is not enough."
    >
      <Group justify="space-between">
        <SegmentedControl
          aria-label="Which pairs"
          value={state}
          onChange={(value) => {
            setPicked(new Set());
            void navigate({ search: (before) => ({ ...before, state: value }), replace: true });
          }}
          data={states}
        />
        {mayWrite && (
          <Text size="sm" c="dimmed" className="wide-only">
            Keys: <kbd>j</kbd> <kbd>k</kbd> move, <kbd>s</kbd> same, <kbd>d</kbd> different, <kbd>l</kbd> later, <kbd>u</kbd> undo
            the last merge
          </Text>
        )}
      </Group>
      <Waiting query={query} />
      {candidates?.length === 0 && (
        <Empty icon="twins" title={state === 'open' ? 'Nothing to decide' : 'No pair here'}>
          {state === 'open' && 'Accord has recognised everybody by itself, or asks here as soon as it is not sure.'}
        </Empty>
      )}
      {mayWrite && isUndecided && candidates && candidates.length > 0 && (
        <Bulk
          state={state}
          contactId={contact}
          shown={candidates.map(({ id }) => id)}
          isMore={query.hasNextPage}
          picked={picked}
          onPick={setPicked}
        />
      )}
      <Stack gap="md">
        {candidates?.map((candidate, index) => (
          <Pair
            key={candidate.id}
            candidate={candidate}
            isActive={index === active && mayWrite}
            onChoose={() => choose(index)}
            {...(mayWrite && isUndecided
              ? { isPicked: picked.has(candidate.id), onPick: (isPicked: boolean) => pick(candidate.id, isPicked) }
              : {})}
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
