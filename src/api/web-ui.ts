import type { ApiDeps } from './deps.ts';

/** The URL of a workflow in the Temporal Web UI; null when the Web UI's own URL is not configured. */
export function webUiLink({ temporal, temporalUiUrl }: ApiDeps, workflowId: string, runId?: string): string | null {
  if (temporalUiUrl === null) return null;
  const { namespace } = temporal.options;
  const workflow = [workflowId, ...(runId ? [runId] : [])].map(encodeURIComponent).join('/');
  return new URL(`/namespaces/${encodeURIComponent(namespace)}/workflows/${workflow}`, temporalUiUrl).href;
}
