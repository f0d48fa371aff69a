import { askData, rest } from '#admin/rest/client.ts';
import { useAct } from '#admin/ui/act.ts';
import { rememberDecision } from '#admin/ui/last-decision.ts';

export type Decision = 'accept' | 'reject' | 'later';

const said: Record<Decision, string> = {
  accept: 'They are one contact now.',
  reject: 'They stay two people, and are not asked about again.',
  later: 'Put off: the pair waits under “Later”.',
};
const separated = 'They are two contacts again, as before.';

/** Decides about one pair, and undoes a merge. */
export function useDecide() {
  const decide = useAct(
    async ({ id, decision }: { id: string; decision: Decision }) => {
      const path = { params: { path: { id }, query: { preview: 'false' as const } } };
      if (decision === 'accept') {
        const merged = await askData(rest.POST('/api/v1/candidates/{id}/accept', path));
        rememberDecision({ undo: () => undoMerge(merged.contactId).then(() => separated) });
        return merged;
      }
      rememberDecision(null);
      if (decision === 'reject') return askData(rest.POST('/api/v1/candidates/{id}/reject', path));
      return askData(rest.POST('/api/v1/candidates/{id}/later', path));
    },
    (_result, { decision }) => said[decision],
  );
  const undo = useAct(undoMerge, separated);
  return { decide, undo };
}

/** Without the id of a merge the API undoes the newest one. */
const undoMerge = (contactId: string) =>
  askData(
    rest.POST('/api/v1/contacts/{id}/undo', { params: { path: { id: contactId }, query: { preview: 'false' } }, body: {} }),
  );
