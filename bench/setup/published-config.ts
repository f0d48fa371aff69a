import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

/** accord.yaml as it is published, for sandboxes: with the rates of real accounts, and without schedules that run meanwhile. */
export async function writePublishedConfig(
  directory: string,
  { name, newAccounts = 'observe' }: { name: string; newAccounts?: 'observe' | 'live' },
): Promise<string> {
  const config = parse(await readFile(new URL('../../accord.yaml', import.meta.url), 'utf8'));
  config.profiles.sandbox.accounts = { calltools: { createBuckets: true }, google: { searchWarmUpSeconds: 0 } };
  const never = '0 0 29 2 *';
  config.schedules = { ...config.schedules, reconcile: never, poll: { google: never, calltools: never } };
  config.newAccounts = newAccounts;
  const path = join(directory, `${name}.yaml`);
  await writeFile(path, stringify(config));
  return path;
}
