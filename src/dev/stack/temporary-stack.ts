import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { removePostgresData } from '#dev/postgres/embedded-postgres.ts';
import { freePort } from '#free-port.ts';
import { openStackFolder, stackPaths } from './stack-folder.ts';
import { readStackState, type StackState, writeStackState } from './stack-state.ts';

/** The parsed accord.yaml of the project. */
export type AccordYaml = ReturnType<typeof parse>;

/** A new folder for one stack that affects no running one: its own ports, and an accord.yaml that a caller has changed. */
export interface TemporaryFolder {
  directory: string;
  state: StackState;
  /** Path of the accord.yaml. */
  config: string;
  /** Removes the folder with all data. */
  remove(): Promise<void>;
  /** Unlocks the folder and leaves it where it is. */
  keep(): Promise<void>;
}

/** `name` begins the folder's name. */
export async function openTemporaryFolder(name: string, changeConfig: (config: AccordYaml) => void): Promise<TemporaryFolder> {
  const directory = await mkdtemp(join(tmpdir(), `${name}-`));
  const { release } = await openStackFolder(directory, { fresh: false });
  const config = parse(await readFile(new URL('../../../accord.yaml', import.meta.url), 'utf8'));
  changeConfig(config);
  const path = join(directory, 'accord.yaml');
  await writeFile(path, stringify(config));
  const { state } = await readStackState(directory);
  for (const port of Object.keys(state.ports)) state.ports[port] = await freePort();
  await writeStackState(directory, state);
  return {
    ...{ directory, state, config: path, keep: release },
    async remove() {
      await release();
      await removePostgresData(stackPaths(directory).postgres);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
