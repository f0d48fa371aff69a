import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { importSampleContacts } from '#dev/demonstration/first-sync.ts';
import { removePostgresData } from '#dev/postgres/embedded-postgres.ts';
import type { SandboxAccounts } from '#dev/stack/sandboxes.ts';
import { type Stack, startStack } from '#dev/stack/stack.ts';
import { openStackFolder, stackPaths } from '#dev/stack/stack-folder.ts';
import { chooseStackPorts } from '#dev/stack/stack-ports.ts';
import { readStackState, type StackState, writeStackState } from '#dev/stack/stack-state.ts';
import { removeUpFile, writeUpFile } from '#dev/stack/up-file.ts';
import { showLine, showNote, showPart, showTable, showTitle } from './screen.ts';
import { stopSignal } from './stop-signal.ts';
import { demonstrate } from './up-demonstration.ts';

interface UpOptions {
  fresh: boolean;
  data: string;
  demo: boolean;
  exit: boolean;
}

export function upCommand(): Command {
  return new Command('up')
    .description('run everything on this machine: PostgreSQL, Temporal, sandboxes of the vendors, worker and API')
    .option('--fresh', 'start over: remove what earlier starts left in the data folder', false)
    .option('--data <folder>', 'where data and logs are kept', '.accord')
    .option('--no-demo', 'import and show nothing')
    .option('--exit', 'stop after the demonstration', false)
    .action(up);
}

async function up(options: UpOptions): Promise<void> {
  const stopping = new AbortController();
  void stopSignal(() => process.exit(1)).then(() => stopping.abort());
  const folder = await openStackFolder(options.data, options);
  try {
    showTitle('Accord');
    await runStack(folder.path, options, stopping.signal);
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  } finally {
    await folder.release();
  }
}

async function runStack(directory: string, options: UpOptions, signal: AbortSignal): Promise<void> {
  const { state, isNew } = await readStackState(directory);
  // Without its password a database is of no use; root's may lie outside of a folder that was removed by hand.
  if (isNew) await removePostgresData(stackPaths(directory).postgres);
  state.ports = await chooseStackPorts(state.ports, showNote);
  await writeStackState(directory, state);

  let ready: Stack | null = null;
  const onProcess = () => void (ready && writeUpFile(directory, ready));
  const fill = (sandboxes: SandboxAccounts) => (options.demo ? importOnce(sandboxes, state, signal) : Promise.resolve());
  const stack = await startStack({ directory, state, fill, say: showNote, started: showPart, onProcess });
  try {
    state.apiKey = stack.apiKey;
    await writeStackState(directory, state);
    await writeUpFile(directory, stack);
    ready = stack;
    if (options.demo) await demonstrateOn(stack, state, { directory, options, signal });
    showAddresses(stack, options.data, isNew);
    if (!options.exit) {
      showLine(`\n  Ctrl-C stops everything. Data and logs stay in ${options.data}.`);
      await untilAborted(signal);
    }
  } finally {
    showLine('\n  Stopping …');
    ready = null;
    await removeUpFile(directory);
    await stack.stop();
  }
}

interface Run {
  directory: string;
  options: UpOptions;
  signal: AbortSignal;
}

/** What fails in front of a person is said, and left for that person to look at; in a smoke test it is the end. */
async function demonstrateOn(stack: Stack, state: StackState, { directory, options, signal }: Run): Promise<void> {
  try {
    await demonstrate({ stack, state, signal, save: () => writeStackState(directory, state) });
  } catch (error) {
    if (options.exit || signal.aborted) throw error;
    showNote(error instanceof Error ? error.message : String(error));
  }
}

async function importOnce(sandboxes: SandboxAccounts, state: StackState, signal: AbortSignal): Promise<void> {
  if (state.imported) return;
  await importSampleContacts(sandboxes, signal);
  state.imported = true;
}

function showAddresses({ api, temporalUi, sandboxes, apiKey }: Stack, folder: string, isNew: boolean): void {
  showLine('');
  showTable([
    ['API', api],
    ['Documentation', `${api}/docs`],
    ['Temporal Web UI', temporalUi],
    ['GoHighLevel sandbox', `${sandboxes.gohighlevel.url}   (control: /_sandbox, see docs/sandboxes.md)`],
    ['CallTools sandbox', sandboxes.calltools.url],
    ['Square sandbox', `${sandboxes.square.url}/v2`],
    ['Google sandbox', `${sandboxes.google.url}/v1`],
    ['API key', isNew ? `${apiKey}   (shown this once)` : `in ${folder}/up.json`],
  ]);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  // A timer, since a promise alone does not keep the process alive.
  return delay(2 ** 31 - 1, undefined, { signal }).catch(() => {});
}
