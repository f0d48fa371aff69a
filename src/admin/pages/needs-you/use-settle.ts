import { useQuery } from '@tanstack/react-query';
import { askData, rest } from '#admin/rest/client.ts';
import { useAct } from '#admin/ui/act.ts';
import { rememberDecision } from '#admin/ui/last-decision.ts';

interface Settlement {
  contactId: string;
  /** The id of the conflict. */
  conflict: string;
  /** Accord's value, or the other one. */
  value: 'kept' | 'lost';
  field: string;
}

/** Decides a conflict between Accord's value and the one of a record. */
export function useSettle() {
  return useAct(async (settlement: Settlement) => {
    const settled = await settle(settlement);
    rememberDecision({ undo: () => takeBack(settlement) });
    return settled;
  }, 'The conflict is settled.');
}

/** The writes that a decision would cause. */
export function usePreview(decision: Omit<Settlement, 'field'>) {
  return useQuery({
    queryKey: ['conflict-preview', decision],
    queryFn: () => settle(decision, 'true'),
    refetchInterval: false,
    gcTime: 0,
  });
}

function settle({ contactId, conflict, value }: Omit<Settlement, 'field'>, preview: 'true' | 'false' = 'false') {
  const params = { path: { id: contactId, conflict }, query: { preview } };
  return askData(rest.POST('/sync/contacts/{id}/conflicts/{conflict}', { params, body: { value } }));
}

/** The value that was lost can be chosen afterwards. Accord's own value, once replaced, comes back from the history. */
async function takeBack({ contactId, conflict, value, field }: Settlement): Promise<string> {
  if (value === 'kept') {
    await settle({ contactId, conflict, value: 'lost' });
    return 'The other value is taken instead.';
  }
  const path = { id: contactId };
  const { entries } = await askData(rest.GET('/api/v1/contacts/{id}/history', { params: { path, query: { field } } }));
  const decision = entries.find(({ kind, canUndo }) => kind === 'resolved' && canUndo);
  if (!decision) throw new Error('The value has changed since: see the timeline of the person.');
  const entry = { path: { ...path, entry: decision.id }, query: { preview: 'false' as const } };
  await askData(rest.POST('/api/v1/contacts/{id}/history/{entry}/undo', { params: entry }));
  return 'Accord’s value is back.';
}
