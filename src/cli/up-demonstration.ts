import { edits } from '#dev/demonstration/edits.ts';
import { countContacts, type DemonstratedStack, pollNow, syncEverything } from '#dev/demonstration/first-sync.ts';
import { followEdit } from '#dev/demonstration/follow-edit.ts';
import { countHeads, type HeadCount } from '#dev/demonstration/head-count.ts';
import { openSandboxPages, type SandboxPages } from '#dev/demonstration/sandbox-pages.ts';
import type { StackState } from '#dev/stack/stack-state.ts';
import { waitUntil } from '#dev/wait-until.ts';
import { showEdit, showFact, showLine, showProgress } from './screen.ts';

export interface Demonstration {
  stack: DemonstratedStack;
  state: StackState;
  /** Keeps what the state says of the demonstration's progress. */
  save(): Promise<void>;
  signal: AbortSignal;
}

/** At the first start a full sync of the sample contacts; at every start an edit in each place. Throws when one did not arrive. */
export async function demonstrate(demonstration: Demonstration): Promise<void> {
  const { stack, state, save, signal } = demonstration;
  showLine('');
  if (!state.syncedEverywhere) {
    await syncWithProgress(demonstration);
    state.syncedEverywhere = true;
    await save();
  }
  const pages = openSandboxPages(stack.sandboxes, signal);
  await editEverywhere(demonstration, pages);
  state.shown += 1;
  await save();
  await showHeadCount(demonstration, pages);
}

async function syncWithProgress({ stack, state, signal }: Demonstration): Promise<void> {
  const startedAt = performance.now();
  const bar = showProgress('Syncing 500 sample contacts from GoHighLevel', 500);
  try {
    // In a folder of before, the contacts are known already, and lack their records at the new members.
    const providers = state.shown === 0 ? ['gohighlevel'] : ['gohighlevel', 'square', 'google'];
    await syncEverything(stack, { providers, onProgress: bar.update, signal });
  } finally {
    bar.stop();
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  showFact(`500 sample contacts compared and synced in ${seconds} s`);
}

async function editEverywhere({ stack, state, signal }: Demonstration, pages: SandboxPages): Promise<void> {
  const stage = { api: stack.api, accounts: stack.sandboxes, pages, nth: state.shown, signal };
  showLine('\n  Live edits, and how many milliseconds later they were elsewhere:');
  const poll = (provider: string) => pollNow(stack, provider, signal);
  for (const prepare of edits) showEdit(await followEdit(await prepare(stage), { poll, signal }));
}

async function showHeadCount({ stack, signal }: Demonstration, pages: SandboxPages): Promise<void> {
  let count: HeadCount = { everywhere: 0, inDialer: 0 };
  const check = async () => {
    count = await countHeads(pages, await countContacts(stack, signal));
  };
  // An event of a record that was just made counts as somebody new, until it is known whose record it is.
  await waitUntil('The same number of people everywhere', check, { timeoutMs: 20_000, everyMs: 250, signal });
  const { everywhere, inDialer } = count;
  showFact(`${everywhere} people in GoHighLevel, Square and Google, ${inDialer} of them in CallTools, each of them once`);
}
