import { useHotkeys } from '@mantine/hooks';
import { useState } from 'react';

/**
 * The entry of a list that keys act on. The keys j and k move it, and scroll to the element with its id. Any other key of `keys` presses
 * the button of the entry that names it in `aria-keyshortcuts`.
 */
export function useChosen(elementIds: readonly string[], keys = '') {
  const [chosen, choose] = useState(0);
  const last = Math.max(0, elementIds.length - 1);
  const active = Math.min(chosen, last);
  const entry = (index: number) => document.getElementById(elementIds[index] ?? '');
  const move = (by: number) => {
    const next = Math.min(Math.max(0, active + by), last);
    choose(next);
    entry(next)?.scrollIntoView({ block: 'nearest' });
  };
  const press = (key: string) => entry(active)?.querySelector<HTMLElement>(`[aria-keyshortcuts="${key}"]`)?.click();
  useHotkeys([
    ['j', whereNoDialogIs(() => move(1))],
    ['k', whereNoDialogIs(() => move(-1))],
    ...[...keys].map((key): [string, () => void] => [key, whereNoDialogIs(() => press(key))]),
  ]);
  return { active, choose };
}

/** A dialog asks about the entry behind it. */
export const whereNoDialogIs = (act: () => void) => () => {
  if (document.querySelector('[role="dialog"]') === null) act();
};
