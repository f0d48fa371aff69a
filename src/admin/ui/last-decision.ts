import { useHotkeys } from '@mantine/hooks';
import { useAct } from './act.ts';
import { whereNoDialogIs } from './use-chosen.ts';

interface Decision {
  /** Undoes the decision. Resolves to the message for the user. */
  undo: () => Promise<string>;
}

let last: Decision | null = null;

/** The decision that the key u takes back; null for one that cannot be taken back. */
export function rememberDecision(decision: Decision | null): void {
  last = decision;
}

/** The key u takes back the last decision, on whichever page it was made. */
export function useUndoKey(): void {
  const { mutate } = useAct(
    async () => {
      const decision = last;
      last = null;
      return decision === null ? 'There is no decision that this key can take back.' : decision.undo();
    },
    (says) => says,
  );
  useHotkeys([['u', whereNoDialogIs(() => mutate())]]);
}
