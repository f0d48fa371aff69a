import { setTimeout as delay } from 'node:timers/promises';
import { showLine, showNote, showPart, showTable, showTitle } from '#cli/screen.ts';
import { stopSignal } from '#cli/stop-signal.ts';
import { importSamples, listOpenCandidates } from '#dev/demonstration/first-sync.ts';
import { openPlaces, type Place, readAudienceTargets } from '#dev/demonstration/places.ts';
import { removePostgresData } from '#dev/postgres/embedded-postgres.ts';
import { signInLink } from '#dev/sign-in-link.ts';
import { buildAdminPages } from '#dev/stack/admin-pages.ts';
import { type Stack, startStack } from '#dev/stack/stack.ts';
import { defaultFolder, openStackFolder, stackPaths } from '#dev/stack/stack-folder.ts';
import { chooseStackPorts } from '#dev/stack/stack-ports.ts';
import { readStackState, type StackState, writeStackState } from '#dev/stack/stack-state.ts';
import { removeUpFile, writeUpFile } from '#dev/stack/up-file.ts';
import { sandboxes } from '#sandbox/index.ts';
import { type Demonstration, demonstrate } from './up-demonstration.ts';

export interface UpOptions {
  fresh: boolean;
  data: string;
  demo: boolean;
  /** The number of sample contacts of a new folder. */
  contacts: number;
  exit: boolean;
}

/** Runs the whole stack until stopped. */
export async function runUp(options: UpOptions): Promise<void> {
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
  // The password of an old database is lost with the state. Its files may lie outside the folder: see `findDataDirectory`.
  if (isNew) {
    await removePostgresData(stackPaths(directory).postgres);
    state.contacts = options.contacts;
  }
  state.ports = await chooseStackPorts(state.ports, showNote);
  await writeStackState(directory, state);

  let ready: Stack | null = null;
  const onProcess = () => void (ready && writeUpFile(directory, ready));
  const audienceTargets = readAudienceTargets();
  const placesOf = (accounts: Stack['sandboxes']) => openPlaces(accounts, { audienceTargets, signal });
  const fill = (accounts: Stack['sandboxes']) => (options.demo ? importOnce(placesOf(accounts), state) : Promise.resolve());
  const pages = buildAdminPages().catch((error: unknown) => showNote(`The admin pages could not be built: ${String(error)}`));
  // Without the demonstration, people connect the sandboxes as they would the vendors. A folder that was connected stays so.
  const isConnected = options.demo || state.imported;
  const stack = await startStack({ directory, state, isConnected, fill, say: showNote, started: showPart, onProcess });
  try {
    state.apiKey = stack.apiKey;
    await writeStackState(directory, state);
    await writeUpFile(directory, stack);
    ready = stack;
    if (options.demo) {
      const save = () => writeStackState(directory, state);
      await demonstrateOn({ accord: stack, places: placesOf(stack.sandboxes), state, save, signal }, options);
    }
    await pages;
    showAddresses(stack, { folder: options.data, isNew, admin: await signInLink(stack, signal) });
    if (!isConnected) showLine(`\n  Nothing is connected yet. In another terminal: ${toCommand('connect', options.data)}`);
    if (!options.exit) {
      await showNextStep(stack, options.data, signal);
      showLine(`\n  Press Ctrl-C to stop the stack. Data and logs stay in ${options.data}.`);
      await untilAborted(signal);
    }
  } finally {
    showLine('\n  Stopping …');
    ready = null;
    await removeUpFile(directory);
    await stack.stop();
  }
}

/** Reports a failure and leaves the stack running for inspection. With `--exit`, a smoke test, the failure ends the run. */
async function demonstrateOn(demonstration: Demonstration, { exit }: UpOptions): Promise<void> {
  try {
    await demonstrate(demonstration);
  } catch (error) {
    if (exit || demonstration.signal.aborted) throw error;
    showNote(error instanceof Error ? error.message : String(error));
  }
}

async function importOnce(places: readonly Place[], state: StackState): Promise<void> {
  if (state.imported) return;
  await importSamples(places, state.contacts);
  state.imported = true;
  state.hasLookalikes = true;
}

interface Shown {
  folder: string;
  isNew: boolean;
  /** The admin pages, with a token that signs in once. */
  admin: string;
}

function showAddresses({ api, temporalUi, sandboxes: accounts, apiKey }: Stack, { folder, isNew, admin }: Shown): void {
  showLine('');
  showTable([
    ['Admin pages', `${admin}   (signs you in, once)`],
    ['API', api],
    ['Documentation', `${api}/docs`],
    ['Temporal Web UI', temporalUi],
    ...sandboxes.map(({ id, title, apiPath = '' }) => [`${title} sandbox`, `${accounts[id].url}${apiPath}`] as const),
    ['Sandbox controls', 'under /_sandbox of each sandbox, see docs/sandboxes.md'],
    ['API key', isNew ? `${apiKey}   (shown this once)` : `in ${folder}/up.json`],
  ]);
}

/** Names the command that lists open decisions. */
async function showNextStep(stack: Stack, folder: string, signal: AbortSignal): Promise<void> {
  // A hint: a failure of the stack has been shown by the demonstration.
  const { length } = await listOpenCandidates(stack, signal).catch(() => []);
  if (length === 0) return;
  const pairs = length === 1 ? 'One pair' : `${length} pairs`;
  const command = toCommand('candidates', folder);
  showLine(`\n  ${pairs} of contacts may be one person. To decide, run in another terminal: ${command}`);
}

function toCommand(name: string, folder: string): string {
  return `npm run accord -- ${name}${folder === defaultFolder ? '' : ` --data ${folder}`}`;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  // A timer keeps the process alive; a pending promise does not.
  return delay(2 ** 31 - 1, undefined, { signal }).catch(() => {});
}
