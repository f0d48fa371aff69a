import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The release that is downloaded: CLI 1.9.1 with Server 1.32. */
export const temporalVersion = '1.9.1';

/**
 * Downloads the vendor's release the way @temporalio/testing does it, and returns the executable's path.
 * That package has no download of its own: it downloads in order to start a server, inside this process, without a limit
 * of time, and takes over SIGINT while it is there. So a process of its own does it.
 */
export async function downloadOfficialRelease(directory: string, env: NodeJS.ProcessEnv): Promise<string> {
  const self = fileURLToPath(import.meta.url);
  const child = promisify(execFile)(process.execPath, [self, directory], { env, timeout: 120_000 });
  await child.catch((error: { stderr?: string }) => {
    throw new Error(
      /(error sending request[^\n]*|Error: [^\n]*)/.exec(error.stderr ?? '')?.[1] ?? 'it took longer than two minutes',
    );
  });
  const [file] = await readdir(directory);
  if (!file) throw new Error('nothing came');
  return join(directory, file);
}

async function downloadByStartingAServer(downloadDir: string): Promise<void> {
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const executable = { type: 'cached-download', version: `v${temporalVersion}`, downloadDir } as const;
  const environment = await TestWorkflowEnvironment.createLocal({ server: { executable } });
  await environment.teardown();
}

// Without `await`: jest loads this file by require(), which takes no module that awaits at its top level.
if (process.argv[1] === fileURLToPath(import.meta.url)) void downloadByStartingAServer(String(process.argv[2]));
