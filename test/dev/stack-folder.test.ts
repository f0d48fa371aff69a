import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { endLeftovers, findCommand } from '#dev/stack/leftovers.ts';
import { openStackFolder, stackPaths } from '#dev/stack/stack-folder.ts';
import { readStackState, writeStackState } from '#dev/stack/stack-state.ts';
import { waitUntil } from '#dev/wait-until.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'accord-folder-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

describe('openStackFolder', () => {
  it('throws when a running stack has locked the folder', async () => {
    const { release } = await openStackFolder(directory, { fresh: false });
    await expect(openStackFolder(directory, { fresh: false })).rejects.toThrow(
      `Accord already runs in ${directory} (process ${process.pid}). Stop it, or choose another folder with --data.`,
    );
    await release();
    const again = await openStackFolder(directory, { fresh: false });
    await again.release();
  });

  it.each([
    ['whose process has ended', { pid: 2 ** 22 + 1, command: 'node accord.ts up' }],
    ['whose process id belongs to another process', { pid: process.pid, command: 'something else' }],
  ])('takes over a lock %s', async (_, holder) => {
    await writeFile(join(directory, 'lock'), JSON.stringify(holder));
    const { release } = await openStackFolder(directory, { fresh: false });
    expect(JSON.parse(await readFile(join(directory, 'lock'), 'utf8')).command).not.toBe(holder.command);
    await release();
  });

  it('takes over a lock file that is incomplete after a crash', async () => {
    await writeFile(join(directory, 'lock'), '{"pi');
    const { release } = await openStackFolder(directory, { fresh: false });
    await release();
  });

  it('closes what an earlier release left readable for others', async () => {
    const { temporalDatabase, sandboxes, logs, state } = stackPaths(directory);
    const folders = [sandboxes, logs];
    const files = [temporalDatabase, `${temporalDatabase}-wal`, state];
    for (const folder of folders) await mkdir(folder, { mode: 0o755 });
    for (const file of files) await writeFile(file, '', { mode: 0o644 });
    const { release } = await openStackFolder(directory, { fresh: false });
    const modes = async (paths: string[]) => Promise.all(paths.map(async (path) => (await stat(path)).mode & 0o777));
    expect([await modes(folders), await modes(files)]).toEqual([
      [0o700, 0o700],
      [0o600, 0o600, 0o600],
    ]);
    await release();
  });

  it('removes only the files of a stack for a fresh start', async () => {
    const { postgres, temporalDatabase, sandboxes, state } = stackPaths(directory);
    for (const folder of [postgres, sandboxes]) await mkdir(folder);
    for (const file of [temporalDatabase, `${temporalDatabase}-wal`, state, join(directory, 'letter.txt')])
      await writeFile(file, '');
    const { release } = await openStackFolder(directory, { fresh: true });
    await release();
    expect(await readdir(directory)).toEqual(['letter.txt', 'logs']);
  });
});

describe('readStackState', () => {
  it('returns the stored state, in a file that only this user can read', async () => {
    const { state, isNew } = await readStackState(directory);
    await writeStackState(directory, { ...state, shown: 3 });
    expect(isNew).toBe(true);
    expect(await readStackState(directory)).toEqual({ state: { ...state, shown: 3 }, isNew: false });
    expect((await stat(join(directory, 'stack.json'))).mode & 0o777).toBe(0o600);
  });

  it('makes new secrets for each new folder', async () => {
    const [one, other] = await Promise.all([readStackState(directory), readStackState(directory)]);
    expect(one.state.postgresPassword).not.toBe(other.state.postgresPassword);
    expect(Buffer.from(one.state.encryptionKey, 'base64')).toHaveLength(32);
  });

  it('reads a file of a release without the Square and Google sandboxes', async () => {
    const { state } = await readStackState(directory);
    const { square, google, ...ports } = state.ports;
    await writeFile(join(directory, 'stack.json'), JSON.stringify({ ...state, ports }));
    expect(await readStackState(directory)).toEqual({ state, isNew: false });
    expect([square, google]).toEqual([4103, 4104]);
  });

  it('throws with the fix when the file is not valid', async () => {
    await writeFile(join(directory, 'stack.json'), '{"ports": 1}');
    await expect(readStackState(directory)).rejects.toThrow(
      `Cannot read ${join(directory, 'stack.json')}. Correct the file, or start over with --fresh.`,
    );
  });
});

describe('endLeftovers', () => {
  it('ends a process of a killed run, found by its command line', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)', '--', `--mark=${directory}`], { stdio: 'ignore' });
    const ended = once(child, 'exit');
    // Empty until the new process has its arguments.
    await waitUntil('its command line', async () => expect(await findCommand(Number(child.pid))).toContain(directory));
    await endLeftovers(`--mark=${directory}`);
    expect(await ended).toEqual([null, 'SIGINT']);
  });
});
