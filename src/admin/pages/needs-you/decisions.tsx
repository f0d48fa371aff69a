import { Anchor, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Request } from '#admin/pages/deletes/request.tsx';
import { Pair } from '#admin/pages/duplicates/pair.tsx';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import { AddressLink } from '#admin/ui/address-link.tsx';
import { Waiting, type WaitingQuery } from '#admin/ui/page.tsx';
import { Conflict } from './conflict.tsx';

type Counts = Schemas['OpenQuestions'];

interface Place {
  isActive: boolean;
  onChoose: () => void;
}

/** Questions of one kind: how many there are, and the newest. */
export interface Kind {
  key: string;
  count: number;
  says: string;
  /** The page that has all of them. */
  to: string;
  /** Null where only the number is shown. */
  query: WaitingQuery | null;
  entries: { elementId: string; show: (place: Place) => ReactNode }[];
}

/** More are on the page of their kind. */
const shown = 5;
const limit = { params: { query: { limit: shown } } };
const open = { params: { query: { state: 'open' as const, limit: shown } } };

/** The newest questions of each kind, while there are any. */
export function useDecisions({ candidates, conflicts, deletes, submissions }: Counts): Kind[] {
  // The first parts of the keys are those of the pages, so that changes refresh both.
  const pairs = useQuery({
    queryKey: ['candidates', 'newest'],
    queryFn: () => askData(rest.GET('/api/v1/candidates', open)),
    enabled: candidates > 0,
  });
  const values = useQuery({
    queryKey: ['needs-you', 'conflicts'],
    queryFn: () => askData(rest.GET('/api/v1/conflicts', limit)),
    enabled: conflicts > 0,
  });
  const requests = useQuery({
    queryKey: ['deletes', 'newest'],
    queryFn: () => askData(rest.GET('/api/v1/deletes', open)),
    enabled: deletes > 0,
  });
  const kinds: Kind[] = [
    {
      key: 'candidates',
      count: candidates,
      says: candidates === 1 ? 'pair of contacts may be one person' : 'pairs of contacts may be one person',
      to: '/duplicates',
      query: pairs,
      entries: (pairs.data?.candidates ?? []).map((candidate) => ({
        elementId: `pair-${candidate.id}`,
        show: (place) => <Pair key={candidate.id} candidate={candidate} {...place} />,
      })),
    },
    {
      key: 'conflicts',
      count: conflicts,
      says: conflicts === 1 ? 'record has another value than Accord' : 'records have another value than Accord',
      to: '/people?state=asked',
      query: values,
      entries: (values.data?.conflicts ?? []).map((conflict) => ({
        elementId: `conflict-${conflict.id}`,
        show: (place) => <Conflict key={conflict.id} conflict={conflict} {...place} />,
      })),
    },
    {
      key: 'deletes',
      count: deletes,
      says: deletes === 1 ? 'record of somebody who was deleted elsewhere' : 'records of people who were deleted elsewhere',
      to: '/deletes',
      query: requests,
      entries: (requests.data?.deletes ?? []).map((request) => ({
        elementId: `delete-${request.id}`,
        show: (place) => <Request key={request.id} request={request} {...place} />,
      })),
    },
    {
      key: 'submissions',
      count: submissions,
      says:
        submissions === 1 ? 'form submission waits for proof of its sender' : 'form submissions wait for proof of their senders',
      to: '/forms?waiting=true',
      query: null,
      entries: [],
    },
  ];
  return kinds.filter(({ count }) => count > 0);
}

/** A heading with the number, and the newest questions. */
export function Decisions({
  kind: { count, says, to, query, entries },
  placeOf,
}: {
  kind: Kind;
  placeOf: (elementId: string) => Place;
}) {
  return (
    <section>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {count.toLocaleString('en')} {says}
        </Title>
        <Anchor component={AddressLink} address={to} size="sm" underline="always">
          {count > entries.length ? 'See all' : 'Open their page'}
        </Anchor>
      </Group>
      {query && <Waiting query={query} />}
      <Stack gap="xs">{entries.map(({ elementId, show }) => show(placeOf(elementId)))}</Stack>
      {entries.length > 0 && count > entries.length && (
        <Text size="sm" c="dimmed" mt="xs">
          These are the newest {entries.length}.
        </Text>
      )}
    </section>
  );
}
