import { patched, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { searchAttributes } from '#workflows/search-attributes.ts';

/**
 * Lists the workflow under the ids of records that it created or adopted. The start listed it under those that existed. `patch` is the
 * change since which workflows list the ids that such a result holds.
 */
export function listExternalIds(value: string[], patch: 'external-ids' | 'external-ids-of-a-read'): void {
  const { externalIds: key } = searchAttributes;
  const listed = workflowInfo().typedSearchAttributes.get(key) ?? [];
  const isListed = value.every((id) => listed.includes(id));
  // An old worker that gets the ids of a new one ignores them.
  if (!isListed && patched(patch)) upsertSearchAttributes([{ key, value }]);
}
