import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where downloads are kept: outside the clone, so that `--fresh` spares them and all clones on a machine share them. */
export function cacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
  return env.ACCORD_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'accord');
}
