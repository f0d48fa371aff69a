import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type WorkflowBundleOption } from '@temporalio/worker';

const workflowsPath = fileURLToPath(new URL('./workflows/index.ts', import.meta.url));

/** The code that runs in the workflow sandbox: built ahead where a path is given (production), else now, in under a second. */
export async function loadWorkflowBundle(codePath: string | null): Promise<WorkflowBundleOption> {
  return codePath === null ? buildWorkflowBundle() : { codePath };
}

export function buildWorkflowBundle(): Promise<{ code: string }> {
  return bundleWorkflowCode({ workflowsPath, logger: silent });
}

/** The bundler tells at length what it packed. */
const silent = { log() {}, trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error };

/** `npm run build`: what `WORKFLOW_BUNDLE` then points to. */
if (import.meta.main) void writeWorkflowBundle();

async function writeWorkflowBundle(): Promise<void> {
  const target = fileURLToPath(new URL('../dist/workflow-bundle.js', import.meta.url));
  const { code } = await buildWorkflowBundle();
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, code);
  console.log(`Wrote ${target}`);
}
