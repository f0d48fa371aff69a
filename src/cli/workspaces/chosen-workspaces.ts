import type { Need } from '#config/environment.ts';
import { type ConfigWith, loadConfig, loadWorkspaces } from '#config.ts';

/** The workspace of `--workspace`, or all of them, and the default one. */
export function loadChosen<const N extends Need>(need: readonly N[]): { main: ConfigWith<N>; chosen: ConfigWith<N>[] } {
  if (process.env.ACCORD_WORKSPACE === undefined) {
    const { main, others } = loadWorkspaces({ need });
    return { main, chosen: [main, ...others] };
  }
  return { main: loadConfig({ need, workspace: null }), chosen: [loadConfig({ need })] };
}

/** Runs `work` for each of them, one after the other, under its name where there are several. */
export async function forEachWorkspace<N extends Need>(
  { chosen }: { chosen: readonly ConfigWith<N>[] },
  work: (config: ConfigWith<N>) => Promise<void>,
): Promise<void> {
  for (const config of chosen) {
    if (chosen.length > 1) console.log(`${config.workspace?.name ?? 'default'}:`);
    await work(config);
  }
}
