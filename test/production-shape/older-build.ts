import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface OlderBuild {
  root: string;
  commit: string;
  remove(): Promise<void>;
}

/**
 * The newest commit that changed the store before workflows got a `patched()` step, or the one that `ACCORD_OLDER_BUILD` names. Its
 * migrations are the first ones of today: between two merges of features, a commit lacks some from their midst, and no `migrate` takes
 * its database further. Null without the history of git, as in an archive or a shallow clone.
 */
export async function findOlderCommit(patch: string): Promise<string | null> {
  const named = process.env.ACCORD_OLDER_BUILD;
  if (named) return named;
  const [introduced] = await git('log', '--reverse', '--format=%H', `-Spatched('${patch}')`, '--', 'src/workflows');
  if (!introduced) return null;
  const today = (await git('ls-tree', '--name-only', 'HEAD', `${migrations}/`)).filter(isNumbered);
  for (const commit of await git('log', '--format=%H', `${introduced}^`, '--', migrations)) {
    const older = (await git('ls-tree', '--name-only', commit, `${migrations}/`)).filter(isNumbered);
    if (older.every((path, index) => path === today[index])) return commit;
  }
  return null;
}

const migrations = 'src/db/migrations';
const isNumbered = (path: string) => /\/\d+-[^/]+$/.test(path);

/** The lines that git prints; none where there is no history. */
async function git(...args: string[]): Promise<string[]> {
  const { stdout } = await run('git', args).catch(() => ({ stdout: '' }));
  return stdout.split('\n').filter(Boolean);
}

/** Checks a commit out into a folder, with this project's packages, and builds its workflows. */
export async function buildOlder(commit: string): Promise<OlderBuild> {
  const root = await mkdtemp(join(tmpdir(), 'accord-older-'));
  const archive = join(root, 'source.tar');
  await run('git', ['archive', '--output', archive, commit]);
  await run('tar', ['--extract', '--file', archive, '--directory', root]);
  await symlink(resolve('node_modules'), join(root, 'node_modules'));
  await run(process.execPath, ['src/workflow-bundle.ts'], { cwd: root });
  return { root, commit, remove: () => rm(root, { recursive: true, force: true }) };
}
