import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type WorkflowBundleOption } from '@temporalio/worker';

const workflowsPath = fileURLToPath(new URL('./workflows/index.ts', import.meta.url));

/** The code of the workflow sandbox: the bundle at `codePath` (production), or one that is built now, in under a second. */
export async function loadWorkflowBundle(codePath: string | null): Promise<WorkflowBundleOption> {
  return codePath === null ? buildWorkflowBundle() : { codePath };
}

/** Bundles `src/workflows` with webpack. */
export function buildWorkflowBundle(): Promise<{ code: string }> {
  return bundleWorkflowCode({ workflowsPath, logger: silent });
}

/** Drops the bundler's progress messages. */
const silent = { log() {}, trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error };

/** Run by `npm run build`; `WORKFLOW_BUNDLE` is the path of the result. */
if (import.meta.main) void writeWorkflowBundle();

async function writeWorkflowBundle(): Promise<void> {
  const target = fileURLToPath(new URL('../dist/workflow-bundle.js', import.meta.url));
  const { code } = await buildWorkflowBundle();
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, code);
  console.log(`Wrote ${target}`);
}
