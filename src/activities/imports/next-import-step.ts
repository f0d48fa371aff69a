import type { ActivityDeps } from '#activities/deps.ts';
import { type ContactImport, findImport } from '#db/imports/imports.ts';
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
}

/** A page is stored before the next one begins, so a step that is cut off loses one page at most. */
const checkedPagesPerStep = 5;

/** Does the next piece of an import, by the state in which it is stored: reads the file, or checks or imports some rows. */
export async function nextImportStep(
  deps: ActivityDeps,
  { importId }: { importId: string },
  call: StepCall,
): Promise<ImportStep> {
  const run = await findImport(deps.db, importId);
  if (!run || !isUnderWay(run.state)) return { isDone: true, push: {} };
  if (run.state === 'reading') await readImport(deps, run);
  if (run.state === 'checking') await checkPages(deps, run);
  return { isDone: false, push: run.state === 'importing' ? await importPage(deps, run, call) : {} };
}

/** Stops when a person cancels the import. */
async function checkPages(deps: ActivityDeps, first: ContactImport): Promise<void> {
  let run: ContactImport | undefined = first;
  for (let pages = 0; run?.state === 'checking' && pages < checkedPagesPerStep; pages += 1) {
    await checkPage(deps, run);
    run = await findImport(deps.db, first.id);
  }
}
