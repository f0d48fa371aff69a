import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import { useMay } from '#admin/rest/session.ts';
import { DecisionList } from '#admin/ui/decision-list.tsx';
import { Empty, Page } from '#admin/ui/page.tsx';
import { Bulk } from './bulk.tsx';
import { Pair } from './pair.tsx';

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
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const isUndecided = state === 'open' || state === 'later';
  const pick = (id: string, isPicked: boolean) =>
    setPicked((before) => new Set(isPicked ? [...before, id] : [...before].filter((each) => each !== id)));
  return (
    <Page
      title="Duplicates"
      lead="Contacts that may be one person. Nothing is merged without you where the evidence is not enough."
    >
      <DecisionList
        query={query}
        items={candidates}
        label="Which pairs"
        states={states}
        state={state}
        onState={(value) => {
          setPicked(new Set());
          void navigate({ search: (before) => ({ ...before, state: value }), replace: true });
        }}
        keys={mayWrite ? { s: 'same', d: 'different', l: 'later' } : null}
        empty={
          <Empty icon="twins" title={state === 'open' ? 'Nothing to decide' : 'No pair here'}>
            {state === 'open' && 'Accord has recognised everybody by itself, or asks here as soon as it is not sure.'}
          </Empty>
        }
        tools={
          mayWrite &&
          isUndecided && (
            <Bulk
              state={state}
              contactId={contact}
              shown={candidates?.map(({ id }) => id) ?? []}
              isMore={query.hasNextPage}
              picked={picked}
              onPick={setPicked}
            />
          )
        }
        elementIdOf={({ id }) => `pair-${id}`}
      >
        {(candidate, place) => (
          <Pair
            key={candidate.id}
            candidate={candidate}
            {...place}
            {...(mayWrite && isUndecided
              ? { isPicked: picked.has(candidate.id), onPick: (isPicked: boolean) => pick(candidate.id, isPicked) }
              : {})}
          />
        )}
      </DecisionList>
    </Page>
  );
}
