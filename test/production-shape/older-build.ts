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
 * The last commit before workflows got a `patched()` step, or the one that `ACCORD_OLDER_BUILD` names. Null without the history of git, as
 * in an archive or a shallow clone.
 */
export async function findOlderCommit(patch: string): Promise<string | null> {
  const named = process.env.ACCORD_OLDER_BUILD;
  if (named) return named;
  const search = ['log', '--reverse', '--format=%H', `-Spatched('${patch}')`, '--', 'src/workflows'];
  const { stdout } = await run('git', search).catch(() => ({ stdout: '' }));
  const [introduced] = stdout.split('\n');
  return introduced ? `${introduced}^` : null;
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
