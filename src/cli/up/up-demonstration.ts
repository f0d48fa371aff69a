import { showEdit, showFact, showLine, showProgress } from '#cli/screen.ts';
import { planEdits } from '#dev/demonstration/edits.ts';
import {
  type AccountPlan,
  type ApiAccess,
  countContacts,
  goLive,
  listOpenCandidates,
  pollNow,
  readPlan,
  untilEverythingIsRead,
} from '#dev/demonstration/first-sync.ts';
import { followEdit } from '#dev/demonstration/follow-edit.ts';
import { countHeads, type HeadCount, toUndecided } from '#dev/demonstration/head-count.ts';
import type { Place } from '#dev/demonstration/places.ts';
import { chooseContacts, sampleLookalikes, samplesOf } from '#dev/demonstration/sample-lookalikes.ts';
import type { StackState } from '#dev/stack/stack-state.ts';
import { waitUntil } from '#dev/wait-until.ts';

export interface Demonstration {
  accord: ApiAccess;
  places: readonly Place[];
  state: StackState;
  /** Stores the state's record of the demonstration's progress. */
  save(): Promise<void>;
  signal: AbortSignal;
}

/** Goes live with the sample contacts at the first start, and makes an edit in each place at every start. Throws when one does not arrive. */
export async function demonstrate(demonstration: Demonstration): Promise<void> {
  const { state, save } = demonstration;
  showLine('');
  if (!state.syncedEverywhere) {
    await importWithProgress(demonstration);
    state.syncedEverywhere = true;
    await save();
  }
  await editEverywhere(demonstration);
  state.shown += 1;
  await save();
  await showHeadCount(demonstration);
}

/** Reads all accounts, shows the plan, and goes live. */
async function importWithProgress(demonstration: Demonstration): Promise<void> {
  await readWithProgress(demonstration);
  if (demonstration.state.hasLookalikes) await showRecognised(demonstration);
  const { accord, places, signal } = demonstration;
  const plan = await readPlan(accord, signal);
  const writes = showPlan(plan, places);
  const startedAt = performance.now();
  const bar = showProgress('Going live with all accounts', writes);
  try {
    await goLive(accord, { places, onProgress: bar.update, signal });
  } finally {
    bar.stop();
  }
  showFact(`Live with all accounts: the plan is carried out after ${secondsSince(startedAt)} s`);
}

async function readWithProgress({ accord, places, state, signal }: Demonstration): Promise<void> {
  const startedAt = performance.now();
  const samples = samplesOf(places, state.contacts).filter(({ place }) => place.samples === 'contacts' || state.hasLookalikes);
  const total = samples.reduce((sum, { records }) => sum + records.length, 0);
  const sources = samples.map(({ place, records }) => `${records.length} from ${place.title}`);
  const bar = showProgress('Reading sample contacts', total);
  const providers = places.map(({ id }) => id);
  try {
    await untilEverythingIsRead(accord, { providers, onProgress: bar.update, signal });
  } finally {
    bar.stop();
  }
  showFact(`${total} sample contacts read and compared in ${secondsSince(startedAt)} s: ${sources.join(', ')}`);
}

const secondsSince = (startedAt: number): string => ((performance.now() - startedAt) / 1000).toFixed(1);

/** Shows the plan in one line. Returns the number of writes. */
function showPlan(plan: readonly AccountPlan[], places: readonly Place[]): number {
  const shown = places.flatMap(({ id, title }) => ({ title, ...countWrites(plan.find(({ provider }) => provider === id)) }));
  const creates = shown.filter(({ create }) => create > 0).map(({ title, create }) => `${create} in ${title}`);
  const updates = shown.reduce((sum, { update }) => sum + update, 0);
  const parts = [...(creates.length > 0 ? [`create ${list.format(creates)}`] : []), `update ${updates}`];
  showFact(`The plan: ${parts.join('; ')}; nothing is written yet`);
  return shown.reduce((sum, { create, update }) => sum + create + update, 0);
}

function countWrites(plan: AccountPlan | undefined): { create: number; update: number } {
  const { create = 0, update = 0 } = plan?.counts ?? {};
  return { create, update };
}

/** Reports the decisions about the lookalikes. Each one that it did not recognise has a contact of its own. */
async function showRecognised({ accord, places, state, signal }: Demonstration): Promise<void> {
  const { length: lookalikes } = sampleLookalikes().flat();
  const { length: asked } = await listOpenCandidates(accord, signal);
  const added = (await countContacts(accord, signal)) - chooseContacts(state.contacts).length;
  const holders = places.filter(({ samples }) => samples === 'lookalikes');
  const counts = `${lookalikes - added} are recognised, ${added - asked} are somebody else, and ${asked} wait for your decision`;
  showFact(`Of the ${lookalikes} in ${list.format(titlesOf(holders))}, ${counts}`);
}

async function editEverywhere({ accord, places, state, signal }: Demonstration): Promise<void> {
  showLine('\n  Live edits, with the milliseconds until they arrived elsewhere:');
  const poll = (provider: string) => pollNow(accord, provider, signal);
  for (const prepare of planEdits({ api: accord.api, places, contacts: state.contacts, nth: state.shown, signal }))
    showEdit(await followEdit(await prepare(), { poll, signal }));
}

async function showHeadCount({ accord, places, signal }: Demonstration): Promise<void> {
  let count: HeadCount = { members: [], audienceTargets: [] };
  const check = async () => {
    const undecided = toUndecided(await listOpenCandidates(accord, signal));
    count = await countHeads(places, await countContacts(accord, signal), undecided);
  };
  // Accord counts the event of a record that it has just created as a new contact, until it recognises the record.
  await waitUntil('every place to have the same people', check, { timeoutMs: 20_000, everyMs: 250, signal });
  const { members, audienceTargets } = count;
  const inTargets = audienceTargets.map(({ title, people }) => `, ${people} of them in ${title}`).join('');
  showFact(`${members[0]?.people ?? 0} people in ${list.format(titlesOf(members))}${inTargets}, no duplicates`);
}

const list = new Intl.ListFormat('en-GB');

function titlesOf(items: readonly { title: string }[]): string[] {
  return items.map(({ title }) => title);
}
