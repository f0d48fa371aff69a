import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder of downloads. It is outside the clone: `--fresh` keeps it, and all clones on a machine share it. */
export function cacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
  return env.ACCORD_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'accord');
}
