import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

/** `npm run chaos` plays longer runs, and prints the same. */
it('a short run of edits, kills and faults ends with all systems in agreement, and every event delivered', async () => {
  const run = ['test/chaos/run.ts', '--minutes', '0.4', '--seed', '1'];
  // The processes of the run start the compiled code of their own, and find their own servers.
  const ended = await promisify(execFile)(process.execPath, run, { timeout: 400_000 }).catch(
    (error: { stdout: string }) => error,
  );
  expect(ended.stdout).toContain('everything agrees');
}, 420_000);
