import { Button, Group, SegmentedControl, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { KeyLegend } from './key-legend.tsx';
import { useUndoKey } from './last-decision.ts';
import { Waiting } from './page.tsx';
import type { PagedQuery } from './paged-table.tsx';
import { useChosen } from './use-chosen.ts';

interface DecisionListProps<Item, State extends string> {
  query: PagedQuery;
  /** The entries of all pages that have arrived. */
  items: readonly Item[] | undefined;
  /** For screen readers. */
  label: string;
  states: { value: State; label: string }[];
  state: State;
  onState: (state: State) => void;
  /** The actions of the keyboard shortcuts; null without permission to decide. */
  keys: Record<string, string> | null;
  empty: ReactNode;
  /** Above the entries, where there are any. */
  tools?: ReactNode;
  elementIdOf: (item: Item) => string;
  children: (item: Item, place: { isActive: boolean; onChoose: () => void }) => ReactNode;
}

/** Questions one below the other, by their state, which buttons and keys decide. */
export function DecisionList<Item, State extends string>({
  query,
  items,
  label,
  states,
  state,
  onState,
  keys,
  empty,
  tools,
  elementIdOf,
  children,
}: DecisionListProps<Item, State>) {
  const { active, choose } = useChosen(items?.map(elementIdOf) ?? [], Object.keys(keys ?? {}).join(''));
  return (
    <>
      <Group justify="space-between">
        <SegmentedControl
          aria-label={label}
          value={state}
          onChange={(value) => onState(states.find((each) => each.value === value)?.value ?? state)}
          data={states}
        />
        {keys && <KeyLegend keys={{ ...keys, u: 'undo the last decision' }} />}
      </Group>
      {keys && <UndoKey />}
      <Waiting query={query} />
      {items?.length === 0 && empty}
      {items && items.length > 0 && tools}
      <Stack gap="md">
        {items?.map((item, index) =>
          children(item, { isActive: index === active && keys !== null, onChoose: () => choose(index) }),
        )}
      </Stack>
      {query.hasNextPage && (
        <Button variant="default" onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>
          Show more
        </Button>
      )}
    </>
  );
}

/** For those who may decide. */
export function UndoKey() {
  useUndoKey();
  return null;
}
