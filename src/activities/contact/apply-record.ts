import { getConnected, roleOf } from '#contacts/contact-deps.ts';
import type { ContactUnit } from '#contacts/contact-unit.ts';
import type { HistoryEntry } from '#db/contacts/history.ts';
import type { OpenAttempt, OpenLink } from '#db/contacts/links.ts';
import type { PastValues } from '#db/tables.ts';
import type { ProviderValues, RecordPatch } from '#domain/contact.ts';
import { sameValue } from '#domain/equality.ts';
import { type FieldChange, mergeRecord } from '#domain/merge.ts';
import { applyPatch, type EchoPairs, namesInPatch } from '#domain/patch.ts';
import type { ProviderRecord } from '#providers/provider.ts';

export interface AppliedWrite {
  /** What we have just sent, if this is the answer to a write. */
  written?: RecordPatch;
  /** What the record held before, where that is not the link's shadow. */
  base?: ProviderValues | null;
}

/** A write of which nobody heard may show for the first time so long after it was sent. */
const landingMs = 60_000;
/** A vendor may show what a record held so long ago. */
export const lagMs = 60_000;

/**
 * Takes a record, as it is now, into the contact: what its provider changed is merged, what we wrote there is learned, and the
 * shadow becomes what the record holds, for that is a fact, whatever the merge decided. True when the contact changed.
 */
export function applyRecord(unit: ContactUnit, link: OpenLink, record: ProviderRecord, absorbed: AppliedWrite = {}): boolean {
  const { written, base = link.shadow } = absorbed;
  const { shadow, echoPairs } = written
    ? learn(base, written, record.values, link.echo_pairs)
    : { shadow: base, echoPairs: link.echo_pairs };
  const values = mergedValues(unit, link.provider, record.values);
  const { fitValues } = getConnected(unit.deps, link.provider);
  const { contact, deps } = unit;
  const { fields, provenance, changes } = mergeRecord({
    fields: contact.fields,
    provenance: contact.provenance,
    base: shadow,
    theirs: values,
    fitValues,
    echoPairs,
    attempts: link.attempts.map(({ patch }) => patch),
    provider: link.provider,
    at: deps.now().toISOString(),
    updatedAt: record.updatedAt,
    conflicts: deps.conflicts,
    grants: record.consent?.grants ?? [],
  });
  const cameBack = link.state === 'tombstoned' || (contact.isDeleted && changes.length > 0);
  settleAttempts(unit, link, record.values, written !== undefined);
  unit.changeLink(link, {
    state: 'linked',
    external_id: record.externalId,
    intent_payload: null,
    ...toShadow(link, record.values, deps.now()),
    echo_pairs: echoPairs,
    held: toHeld(link.held, changes, record.values),
    version: record.version,
    remote_updated_at: record.updatedAt === null ? null : new Date(record.updatedAt),
    missing_since: null,
    last_error: null,
    ...(written ? { pushed_at: deps.now() } : { observed_at: deps.now() }),
  });
  if (written) unit.addHistory({ kind: 'pushed', actor: 'accord', provider: link.provider, after: namesInPatch(written) });
  if (record.consent)
    unit.addHistory({ kind: 'consent', actor: link.provider, provider: link.provider, after: { ...record.consent } });
  if (changes.length === 0 && !cameBack) return false;
  if (cameBack) unit.addHistory({ kind: 'restored', actor: link.provider, provider: link.provider });
  if (contact.revision === 0) unit.addHistory({ kind: 'created', actor: link.provider, provider: link.provider });
  unit.addHistory(...changes.map((change) => toEntry(link.provider, change)));
  unit.changeContact({ fields, provenance, isDeleted: false });
  return true;
}

/** An audience target's tags and lists are its own: Accord hands some out there, and none of them says who the person is. */
function mergedValues({ deps }: ContactUnit, provider: string, values: ProviderValues): ProviderValues {
  if (roleOf(deps, provider) !== 'audience') return values;
  const { tags: _, ...rest } = values;
  return rest;
}

/** For the patched fields the provider's answer is the truth; where it differs from what was sent, the pair is remembered. */
function learn(base: ProviderValues | null, patch: RecordPatch, seen: ProviderValues, pairs: EchoPairs) {
  const shadow: ProviderValues = applyPatch(base, patch);
  const echoPairs = { ...pairs };
  for (const [field, sent] of Object.entries(patch.set) as [keyof RecordPatch['set'], unknown][]) {
    delete echoPairs[field];
    if (sameValue(field, sent, seen[field])) continue;
    echoPairs[field] = { sent, seen: seen[field] };
    Object.assign(shadow, { [field]: seen[field] });
  }
  return { shadow, echoPairs };
}

/** What a record held until a moment ago is kept for as long as a read may still show it. */
function toShadow(link: OpenLink, values: ProviderValues, now: Date): { shadow: ProviderValues; recent?: PastValues[] } {
  const shadow = { ...link.shadow, ...values };
  if (link.shadow === null || sameValues(shadow, link.shadow)) return { shadow };
  const young = link.recent.filter(({ until }) => now.getTime() - Date.parse(until) < lagMs);
  return { shadow, recent: [...young, { until: now.toISOString(), values: link.shadow }].slice(-5) };
}

export function sameValues(one: ProviderValues, other: ProviderValues): boolean {
  const fields = new Set([...Object.keys(one), ...Object.keys(other)]) as Set<keyof ProviderValues>;
  return [...fields].every((field) => sameValue(field, one[field], other[field]));
}

/** The answer to a write settles all that went before it. A read settles what it shows, and what would have shown by now. */
function settleAttempts(unit: ContactUnit, link: OpenLink, values: ProviderValues, isAnswer: boolean): void {
  const landed = link.attempts.filter((attempt) => isAnswer || attempt.operation === 'create' || shows(attempt, values));
  const isOld = ({ started_at }: OpenAttempt) => unit.deps.now().getTime() - Date.parse(started_at) > landingMs;
  const lost = link.attempts.filter((attempt) => !landed.includes(attempt) && isOld(attempt));
  if (!isAnswer) {
    for (const { cause, patch } of landed)
      unit.addHistory({ kind: 'pushed', actor: 'accord', provider: link.provider, after: namesInPatch(patch), cause });
  }
  unit.resolveAttempts(link, landed, 'landed');
  unit.resolveAttempts(link, lost, 'superseded');
}

function shows({ patch }: OpenAttempt, values: ProviderValues): boolean {
  const after = applyPatch(values, patch);
  return sameValues(after, { tags: [], lists: [], ...values });
}

/** What a provider keeps while a person is asked, as it holds it now. */
function toHeld(held: ProviderValues, changes: readonly FieldChange[], values: ProviderValues): ProviderValues {
  const asked = changes.filter(({ asks }) => asks).map(({ field }) => field);
  const fields = new Set([...(Object.keys(held) as (keyof ProviderValues)[]), ...asked]);
  return Object.fromEntries([...fields].map((field) => [field, values[field] ?? held[field]]));
}

function toEntry(provider: string, { asks, ...change }: FieldChange): Omit<HistoryEntry, 'contactId'> {
  return { kind: 'losing' in change ? 'conflict' : 'changed', actor: asks ? 'accord' : provider, provider, ...change };
}
