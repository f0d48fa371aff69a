import fc from 'fast-check';
import { inTransaction } from '#contacts/contact-transaction.ts';
import { mergeContacts } from '#contacts/merging/merge-contacts.ts';
import { undoMerge } from '#contacts/merging/split-contact.ts';
import type { Database } from '#db/database.ts';
import type { Violation } from './judge.ts';
import type { ModelProvider } from './model/model-provider.ts';
import { currentOf, type ModelRecord } from './model/record.ts';
import { etagged } from './model/traits.ts';
import { Simulation } from './simulation.ts';
import { keysOf, type ListField, listFields, type TextField, textFields } from './world.ts';

type Place = 0 | 1;

/** A step between a wrong merge and its undoing. `at` is the vendor: each of the two people has a record at one. */
type Step =
  | { step: 'write' | 'clear'; at: Place; field: TextField }
  | { step: 'add' | 'remove'; at: Place; field: ListField; index: number }
  /** Everything arrives and is pushed. Edits before and after it saw each other. */
  | { step: 'settle' }
  /** Events so far arrive, and one vendor's next piece of work is done. */
  | { step: 'work'; at: Place };

interface Mistake {
  survivor: Place;
  steps: Step[];
  /** Whether everything is in step when the two are taken apart. */
  settled: boolean;
}

const at = fc.constantFrom<Place[]>(0, 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ step: fc.constantFrom('write', 'write', 'clear'), at, field: fc.constantFrom(...textFields) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      ...{ step: fc.constantFrom('add', 'remove'), at, field: fc.constantFrom(...listFields), index: fc.nat({ max: 3 }) },
    }),
  },
  { weight: 1, arbitrary: fc.constant({ step: 'settle' as const }) },
  { weight: 2, arbitrary: fc.record({ step: fc.constant('work' as const), at }) },
);
const mistakes: fc.Arbitrary<Mistake> = fc.record({
  ...{ survivor: at, steps: fc.array(step, { maxLength: 12 }), settled: fc.boolean() },
});

/** What the people at one vendor wrote themselves: the texts, and the keys of list items by field. */
interface Own {
  texts: Record<TextField, string | null>;
  items: Record<ListField, Set<string>>;
  /** Texts that they cleared, and items that they removed, the other person's included. */
  removed: Set<string>;
}

/**
 * I13: two people that are merged by mistake, edited at both vendors and taken apart again have what was written at their own vendor,
 * and nothing else.
 */
export async function judgeTakingApart(db: Database, { survivor, steps, settled }: Mistake): Promise<Violation[]> {
  const simulation = new Simulation(db, { traits: [etagged, { ...etagged, id: 'other', hasPrecondition: false }] });
  const { hub, world } = simulation;
  hub.deps.sharing = { [etagged.id]: 'linked', other: 'linked' };
  const records = [world.enter(simulation.model(0)), world.enter(simulation.model(1))] as const;
  const own = [ownOf(records[0]), ownOf(records[1])] as const;
  await simulation.drain(1);
  const ids = [await contactOf(simulation, 0, records[0]), await contactOf(simulation, 1, records[1])] as const;
  const [survivorId, otherId] = survivor === 0 ? ids : [ids[1], ids[0]];
  await inTransaction(hub.deps, (tx) => mergeContacts(tx, { survivorId, otherId, why: 'a mistake', cause: null }));
  const pushAll = () => {
    for (const id of ids) for (const { traits } of simulation.models) hub.push(traits.id, id);
  };
  pushAll();

  for (const each of steps) {
    if (each.step === 'settle') await settle(simulation);
    else if (each.step === 'work') await work(simulation, each.at);
    else edit(simulation, records[each.at], own[each.at], each);
  }
  if (settled) await settle(simulation);
  const { outcome } = await inTransaction(hub.deps, (tx) =>
    undoMerge(tx, { contactId: survivorId, mergeId: null, actor: 'tester' }),
  );
  if (outcome !== 'split') return [{ invariant: 'I13', what: `not undone: ${outcome}` }];
  pushAll();
  await simulation.drain(2);
  // The second of two equal removals changes nothing any more, and leaves no trace of its own.
  const ignored = own[0].removed.intersection(own[1].removed);
  return records.flatMap((record, place) => compare(record, own[place] as Own, ignored));
}

async function settle(simulation: Simulation): Promise<void> {
  for (const hint of simulation.hub.hints.splice(0)) await simulation.hub.deliver(hint);
  await simulation.advance(120);
  await simulation.workAll();
}

async function work(simulation: Simulation, place: Place): Promise<void> {
  for (const hint of simulation.hub.hints.splice(0)) await simulation.hub.deliver(hint);
  await simulation.advance(120);
  await simulation.hub.runNext(simulation.model(place).traits.id);
}

type Edit = Exclude<Step, { step: 'settle' | 'work' }>;

function edit(simulation: Simulation, record: ModelRecord, own: Own, step: Edit): void {
  const { world } = simulation;
  const model = simulation.model(step.at);
  const before = currentOf(record).values;
  if (!('index' in step)) {
    if (step.step === 'write') world.write(model, record, step.field);
    else world.clear(model, record, step.field);
    const { [step.field]: text = null } = currentOf(record).values;
    if (before[step.field] !== text) own.texts[step.field] = text;
    if (text === null) own.removed.add(step.field);
    return;
  }
  if (step.step === 'add') world.add(model, record, step.field);
  else if (keysOf(before, step.field).length > 0) world.remove(model, record, step.field, step.index);
  const [had, has] = [keysOf(before, step.field), keysOf(currentOf(record).values, step.field)];
  for (const key of has) if (!had.includes(key)) own.items[step.field].add(key);
  for (const key of had.filter((each) => !has.includes(each))) {
    own.items[step.field].delete(key);
    own.removed.add(key);
  }
}

function ownOf(record: ModelRecord): Own {
  const { values } = currentOf(record);
  const items = listFields.map((field) => [field, new Set(keysOf(values, field))] as const);
  return {
    texts: { givenName: values.givenName ?? null, note: values.note ?? null },
    items: Object.fromEntries(items) as Own['items'],
    removed: new Set(),
  };
}

function compare(record: ModelRecord, own: Own, ignored: ReadonlySet<string>): Violation[] {
  const { values } = currentOf(record);
  const wrong = (field: string, is: unknown, should: unknown): Violation => ({
    ...{
      invariant: 'I13',
      what: `${field} of ${record.externalId} is ${JSON.stringify(is)} instead of ${JSON.stringify(should)}`,
    },
  });
  const texts = textFields.filter((field) => !ignored.has(field) && (values[field] ?? null) !== own.texts[field]);
  const sorted = (keys: Iterable<string>) =>
    [...keys]
      .filter((key) => !ignored.has(key))
      .toSorted()
      .join();
  const lists = listFields.filter((field) => sorted(keysOf(values, field)) !== sorted(own.items[field]));
  return [
    ...texts.map((field) => wrong(field, values[field], own.texts[field])),
    ...lists.map((field) => wrong(field, keysOf(values, field), [...own.items[field]])),
  ];
}

async function contactOf({ db, models }: Simulation, at: Place, { externalId }: ModelRecord): Promise<string> {
  const { accountId, traits } = models[at] as ModelProvider;
  const link = await db
    .selectFrom('link')
    .select('contact_id')
    .where('provider', '=', traits.id)
    .where('account_id', '=', accountId)
    .where('external_id', '=', externalId)
    .executeTakeFirstOrThrow();
  return link.contact_id;
}

/** Plays mistakes until one breaks the invariant. Null when none does. */
export async function findMistake(
  db: Database,
  { runs, seed }: { runs: number; seed: number },
): Promise<{ what: string; counterexample: Mistake; runs: number; seed: number } | null> {
  const property = fc.asyncProperty(mistakes, async (mistake) => {
    const [broken] = await judgeTakingApart(db, mistake);
    if (broken) throw new Error(broken.what);
  });
  const details = await fc.check(property, { numRuns: runs, seed });
  if (!details.failed) return null;
  const { errorInstance, counterexample, numRuns } = details;
  const what = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return { what, counterexample: (counterexample as [Mistake])[0], runs: numRuns, seed };
}
