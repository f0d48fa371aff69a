import type { ApiDeps } from './deps.ts';

/** Where a person sees this workflow in the Temporal Web UI; null where it is not known where that is. */
export function webUiLink({ temporal, temporalUiUrl }: ApiDeps, workflowId: string, runId?: string): string | null {
  if (temporalUiUrl === null) return null;
  const { namespace } = temporal.options;
  const workflow = [workflowId, ...(runId ? [runId] : [])].map(encodeURIComponent).join('/');
  return new URL(`/namespaces/${encodeURIComponent(namespace)}/workflows/${workflow}`, temporalUiUrl).href;
}
