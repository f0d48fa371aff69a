import { askData, rest } from '#admin/rest/client.ts';
import { useAct } from '#admin/ui/act.ts';
import { rememberDecision } from '#admin/ui/last-decision.ts';

export type Decision = 'approve' | 'reject' | 'restore' | 'undo';

const said: Record<Decision, string> = {
  approve: 'The record is deleted there, too, unless it has changed.',
  reject: 'The record stays as it is.',
  restore: 'The lost record is created again, with a new id.',
  undo: 'The record is created again, with a new id.',
};

/** Decides about one request, as the person has seen it. */
export function useDecide() {
  return useAct(
    async ({ id, revision, decision }: { id: string; revision: string; decision: Decision }) => {
      const call = { params: { path: { id } }, body: { revision } };
      if (decision === 'approve') {
        const approved = await askData(rest.POST('/api/v1/deletes/{id}/approve', call));
        rememberDecision({ undo: () => createAgain(id).then(() => said.undo) });
        return approved;
      }
      rememberDecision(null);
      if (decision === 'reject') return askData(rest.POST('/api/v1/deletes/{id}/reject', call));
      if (decision === 'restore') return askData(rest.POST('/api/v1/deletes/{id}/restore', call));
      return createAgain(id);
    },
    (_result, { decision }) => said[decision],
  );
}

const createAgain = (id: string) => askData(rest.POST('/api/v1/deletes/{id}/undo', { params: { path: { id } }, body: {} }));
