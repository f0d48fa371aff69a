import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const run = promisify(execFile);

it('keeps compiled code for the next command', async () => {
  const { NODE_COMPILE_CACHE: _, ...env } = process.env;
  const { stdout } = await run(process.execPath, [resolve('bin/accord.js'), '--help'], { env });
  expect(stdout).toMatch(/^Usage: accord/);
  expect(await readdir(resolve('node_modules/.cache/accord/compiled'))).not.toEqual([]);
});
