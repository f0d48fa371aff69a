import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { stderrOf } from '#dev/errors.ts';

/** The release to download: CLI 1.9.1 with Server 1.32. */
export const temporalVersion = '1.9.1';

/**
 * Downloads the vendor's release through @temporalio/testing, and returns the executable's path. The package downloads only to start
 * a server inside its process, without a timeout, and takes over SIGINT meanwhile. Therefore a separate process runs it.
 */
export async function downloadOfficialRelease(directory: string, env: NodeJS.ProcessEnv): Promise<string> {
  const self = fileURLToPath(import.meta.url);
  const child = promisify(execFile)(process.execPath, [self, directory], { env, timeout: 120_000 });
  await child.catch((error: unknown) => {
    const [line] = /error sending request[^\n]*|Error: [^\n]*/.exec(stderrOf(error)) ?? [];
    throw new Error(line ?? 'it took longer than two minutes');
  });
  const [file] = await readdir(directory);
  if (!file) throw new Error('the download is empty');
  return join(directory, file);
}

async function downloadByStartingAServer(downloadDir: string): Promise<void> {
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const executable = { type: 'cached-download', version: `v${temporalVersion}`, downloadDir } as const;
  const environment = await TestWorkflowEnvironment.createLocal({ server: { executable } });
  await environment.teardown();
}

// No top-level `await`: jest loads this file by require(), which does not support it.
if (process.argv[1] === fileURLToPath(import.meta.url)) void downloadByStartingAServer(String(process.argv[2]));
