import { type ContactFields, emptyFields } from '#domain/contact.ts';
import { isSetField, itemKeys, sameValue } from '#domain/equality.ts';
import type { ModelProvider } from './model/model-provider.ts';
import { currentOf, type ModelRecord } from './model/record.ts';
import { storedBy } from './model/traits.ts';
import type { Simulation } from './simulation.ts';
import { type Edit, editIdIn, type TextField, textFields } from './world.ts';

export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I7' | 'I10' | 'I12' | 'I13' | 'I14' | 'I15';

export interface Violation {
  invariant: Invariant;
  what: string;
}

interface HistoryRow {
  kind: string;
  actor: string;
  provider: string | null;
  field: string | null;
  before: unknown;
  after: unknown;
  losing: unknown;
  cause: string | null;
}

export interface FinalState {
  contacts: { id: string; fields: ContactFields; revision: number }[];
  history: HistoryRow[];
  lastErrors: string[];
  /** Causes of the attempted writes. */
  attempted: string[];
}

/** The live contacts of a run, with their history. */
export async function readState({ db, models }: Simulation): Promise<FinalState> {
  const accountId = (models[0] as ModelProvider).accountId;
  const links = await db
    .selectFrom('link')
    .select(['id', 'contact_id', 'state', 'last_error'])
    .where('account_id', '=', accountId)
    .execute();
  const linked = links.filter(({ state }) => state === 'linked').map(({ contact_id }) => contact_id);
  const all = [...new Set(links.map(({ contact_id }) => contact_id))];
  if (all.length === 0) return { contacts: [], history: [], lastErrors: [], attempted: [] };
  const contacts = await db
    .selectFrom('contact')
    .select(['id', 'fields', 'revision', 'merged_into'])
    .where(({ or, eb }) => or([eb('id', 'in', all), eb('merged_into', 'in', all)]))
    .execute();
  // A contact that was merged keeps its history.
  const ids = contacts.map(({ id }) => id);
  const history = await db
    .selectFrom('contact_history')
    .select(['kind', 'actor', 'provider', 'field', 'before', 'after', 'losing', 'cause'])
    .where('contact_id', 'in', ids)
    .orderBy('id')
    .execute();
  const attempts = await db
    .selectFrom('write_attempt')
    .select('cause')
    .where(
      'link_id',
      'in',
      links.map(({ id }) => id),
    )
    .execute();
  return {
    contacts: contacts
      .filter(({ id, merged_into }) => merged_into === null && linked.includes(id))
      .map((contact) => ({ ...contact, fields: { ...emptyFields, ...contact.fields } })),
    history,
    attempted: attempts.map(({ cause }) => cause),
    lastErrors: links.flatMap(({ last_error }) => last_error?.message ?? []),
  };
}

/**
 * I1, I3, I12: one contact, and one record at each provider, or two where the person was entered twice, all with equal values as far as the
 * provider can hold them.
 */
export function judgeAgreement(simulation: Simulation, { contacts }: FinalState): Violation[] {
  const { models, world } = simulation;
  const [contact] = contacts;
  if (!contact || contacts.length > 1)
    return [{ invariant: contact ? 'I3' : 'I1', what: `${contacts.length} contacts for one person` }];
  const violations: Violation[] = [];
  for (const model of models) {
    const { id } = model.traits;
    const count = model.live.length;
    if (count > simulation.allowed(model)) violations.push({ invariant: 'I3', what: `${id} has ${count} records of one person` });
    if (count === 0) violations.push({ invariant: 'I1', what: `${id} has no record` });
    for (const record of model.live)
      for (const field of disagreements(model, record, contact.fields))
        violations.push({
          invariant: 'I1',
          what: `${id} differs in ${field}: ${JSON.stringify(currentOf(record).values[field])} for ${JSON.stringify(contact.fields[field])}`,
        });
  }
  for (const channel of world.denied) {
    if (!contact.fields.doNotContact[channel])
      violations.push({ invariant: 'I12', what: `${channel} was denied and is allowed` });
  }
  return violations;
}

function disagreements(model: ModelProvider, record: ModelRecord, fields: ContactFields): (keyof ContactFields)[] {
  const held = currentOf(record).values;
  return model.traits.fields.filter((field) => {
    const wanted = storedBy(model.traits, { [field]: fields[field] })[field];
    if (!isSetField(field) || !model.traits.oneOf.includes(field)) return !sameValue(field, held[field], wanted);
    // Where there is room for one item, any of the contact's is right.
    const keyOf = itemKeys[field] as (item: unknown) => string;
    const known = (fields[field] as unknown[]).map(keyOf);
    const shown = (held[field] ?? []) as unknown[];
    return shown.length !== Math.min(1, known.length) || !shown.every((item) => known.includes(keyOf(item)));
  });
}

/** I2: no knowingly replaced value is back, no list item is lost or back, and the history has the losing value of each conflict. */
export function judgeUpdates({ world, models }: Simulation, { contacts, history }: FinalState): Violation[] {
  const [contact] = contacts;
  if (!contact) return [];
  const violations = textFields.flatMap((field) => judgeText(world.edits, field, contact.fields[field], history, models));
  for (const { field, key, removed, raced } of world.items.values()) {
    if (raced) continue;
    const has = (contact.fields[field] as unknown[]).map(itemKeys[field] as (item: unknown) => string).includes(key);
    if (has === removed)
      violations.push({ invariant: 'I2', what: `${field}: ${key} was ${removed ? 'removed and is back' : 'added and is gone'}` });
  }
  return violations;
}

type KnownEdit = Omit<Edit, 'version'>;

/** I2 for one text field of one person, whose final value is given. */
export function judgeText(
  all: readonly KnownEdit[],
  field: TextField,
  value: string | null,
  history: readonly Pick<HistoryRow, 'field' | 'before' | 'losing'>[],
  models: readonly ModelProvider[] = [],
): Violation[] {
  const edits = all.filter((edit) => edit.field === field);
  if (edits.length === 0) return [];
  const lost = (what: string): Violation[] => [{ invariant: 'I2', what: `${field}: ${what}` }];
  if (value === null) return edits.some((edit) => edit.value === null) ? [] : lost('nobody cleared it, and it is blank');
  const final = edits.find(({ id }) => id === editIdIn(value));
  if (!final) return lost(`nobody wrote ${value}`);
  const knowing = edits.find((edit) => !edit.raced && ancestorsOf(edit, edits).has(final.id));
  if (knowing)
    return lost(`edit ${knowing.id} at ${knowing.provider} replaced edit ${final.id} of ${final.provider}, which is back`);
  const cut = models.find(({ traits }) => traits.id === final.provider);
  if (field === 'note' && final.value !== value && cut)
    return lost(`"${value}" is not what was written at ${final.provider}: "${final.value}"`);
  return edits
    .filter((edit) => edit !== final && !edit.raced && edit.value !== null && !edits.some((other) => other.saw === edit.id))
    .filter(
      (edit) =>
        !history.some(
          (row) => row.field === field && [row.losing, row.before].some((text) => editIdIn(text as string | null) === edit.id),
        ),
    )
    .flatMap((edit) =>
      lost(`edit ${edit.id} at ${edit.provider} lost to edit ${final.id} of ${final.provider}, and no history says so`),
    );
}

/** Every edit that this one knew of, directly or through others. */
function ancestorsOf({ saw }: KnownEdit, edits: readonly KnownEdit[]): Set<number> {
  const ancestors = new Set<number>();
  for (let id = saw; id !== null && !ancestors.has(id); ) {
    ancestors.add(id);
    id = edits.find((edit) => edit.id === id)?.saw ?? null;
  }
  return ancestors;
}

/**
 * I14: every write that landed has a history row with its cause. An unanswered write that was overwritten before a read cannot be
 * recognised: its attempt has the cause.
 */
export function judgeExplanations({ models }: Simulation, { history, attempted }: FinalState): Violation[] {
  return models.flatMap(({ traits, writes }) =>
    writes
      .filter(({ cause }) => !history.some((row) => row.provider === traits.id && row.cause === cause))
      .filter(({ cause, answered }) => answered || !attempted.includes(cause))
      .map(({ cause, operation }) => ({
        invariant: 'I14' as const,
        what: `no history of the ${operation} at ${traits.id} by ${cause}`,
      })),
  );
}

/** I14: the actors of text changes in the history made them. A stale read or an echo of our own write is no edit. */
export function judgeBlame({ models, world }: Simulation, { history }: FinalState): Violation[] {
  return history.flatMap(({ kind, actor, field, after }) => {
    const model = models.find(({ traits }) => traits.id === actor);
    if (kind !== 'changed' || !model) return [];
    if (field !== 'givenName' && field !== 'note') return [];
    const id = editIdIn(after as string | null);
    const edits = world.edits.filter((edit) => edit.provider === actor && edit.field === field);
    const isTheirs = edits.some((edit) => (id === null ? edit.value === null : edit.id === id));
    return isTheirs
      ? []
      : [{ invariant: 'I14' as const, what: `${actor} is said to have changed ${field} to ${JSON.stringify(after)}` }];
  });
}

/** I10: no contact is taken for deleted without a deletion. */
export function judgeBurials({ models }: Simulation, { history }: FinalState): Violation[] {
  return history.flatMap(({ kind, provider }) => {
    const model = models.find(({ traits }) => traits.id === provider);
    if (kind !== 'tombstoned' || model?.records.some(({ isDeleted }) => isDeleted)) return [];
    return [{ invariant: 'I10' as const, what: `a record of ${provider} that nobody deleted is said to be gone` }];
  });
}

/** I15: errors and causes contain no personal data. */
export function judgeSecrets({ hub, world }: Simulation, { history, lastErrors }: FinalState): Violation[] {
  const said = [
    ...hub.errors.map((error) => (error as Error).message),
    ...lastErrors,
    ...history.map(({ cause }) => cause ?? ''),
  ];
  const leaked = [...world.personal].filter((text) => said.some((line) => line.includes(text)));
  return leaked.map((text) => ({ invariant: 'I15' as const, what: `"${text}" stands in an error` }));
}
