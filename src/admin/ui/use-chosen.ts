import { useHotkeys } from '@mantine/hooks';
import { useState } from 'react';

/** The entry of a list that keys act on. The keys j and k move it, and scroll to the element with its id. */
export function useChosen(elementIds: readonly string[]) {
  const [chosen, choose] = useState(0);
  const last = Math.max(0, elementIds.length - 1);
  const active = Math.min(chosen, last);
  const move = (by: number) => {
    const next = Math.min(Math.max(0, active + by), last);
    choose(next);
    document.getElementById(elementIds[next] ?? '')?.scrollIntoView({ block: 'nearest' });
  };
  useHotkeys([
    ['j', () => move(1)],
    ['k', () => move(-1)],
  ]);
  return { active, choose };
}
