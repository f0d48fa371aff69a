import type { ActivityDeps } from '#activities/deps.ts';
import { findImport } from '#db/imports/imports.ts';
import { isUnderWay } from '#domain/import.ts';
import { checkPage, importPage, type PushByProvider } from './import-page.ts';
import { readImport } from './read-import.ts';

export interface ImportStep {
  /** Nothing is left to do, or a person has to decide. */
  isDone: boolean;
  /** Contacts that the workflow pushes: ids only, at most one page of them. */
  push: PushByProvider;
}

export interface StepCall {
  cause: string;
  isLastAttempt: boolean;
  onProgress(): void;
}

/** Does the next piece of an import, by the state in which it is stored: reads the file, or checks or imports some rows. */
export async function nextImportStep(
  deps: ActivityDeps,
  { importId }: { importId: string },
  call: StepCall,
): Promise<ImportStep> {
  const run = await findImport(deps.db, importId);
  if (!run || !isUnderWay(run.state)) return { isDone: true, push: {} };
  if (run.state === 'reading') await readImport(deps, run, call.onProgress);
  if (run.state === 'checking') await checkPage(deps, run);
  return { isDone: false, push: run.state === 'importing' ? await importPage(deps, run, call) : {} };
}
