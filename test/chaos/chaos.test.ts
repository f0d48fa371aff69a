import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

/**
 * `npm run chaos` plays longer runs, and prints the same. This schedule kills each of the four processes, and has nothing that Accord waits
 * minutes for, such as the records that a merge in Square leaves behind.
 */
it('a short run of edits, kills and faults ends with all systems in agreement, and every event delivered', async () => {
  const run = ['test/chaos/run.ts', '--minutes', '0.35', '--seed', '188'];
  const ended = await promisify(execFile)(process.execPath, run, { timeout: 400_000 }).catch(
    (error: { stdout: string }) => error,
  );
  expect(ended.stdout).toContain('everything agrees');
}, 420_000);
