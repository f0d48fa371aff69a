import type { FieldName, Provenance } from '#domain/contact.ts';
import { isSetField } from '#domain/equality.ts';

/**
 * Which value wins when both sides changed a field:
 * - `authority`: that of the provider that comes first in the order
 * - `newest`: the later change by the vendors' clocks; `authority` where they do not tell the time, or the times are too close
 * - `keep-both`: the items of both sides (sets only)
 * - `ask`: a person decides; until then each side keeps its value
 * - `owner`: that of the first provider in the order, even when only the other side changed
 */
export type ConflictMode = 'authority' | 'newest' | 'keep-both' | 'ask' | 'owner';

export interface ConflictRules {
  /** Provider ids; the first wins. */
  order: readonly string[];
  fields: Partial<Record<FieldName, { mode: ConflictMode; order?: readonly string[] }>>;
}

/** The rule of accord.yaml for the field, or its default: `keep-both` for sets, `authority` for all others. */
export function getConflictRule(
  field: FieldName,
  { order, fields }: ConflictRules,
): { mode: ConflictMode; order: readonly string[] } {
  const { mode = isSetField(field) ? 'keep-both' : 'authority', order: own } = fields[field] ?? {};
  return { mode, order: own ?? order };
}

/** A provider's value that contradicts ours. */
interface Challenge {
  provider: string;
  /** When the record changed, by the provider's clock. */
  updatedAt: string | null;
  /** Of our values. */
  provenance: Provenance;
  conflicts: ConflictRules;
}

/** The clocks of two vendors may be this far apart. A smaller difference does not tell which change came first. */
const maxSkewMs = 5 * 60_000;

/** Whether the provider's value replaces ours. The answer does not depend on the order in which the two changes arrive. */
export function theirsWins(field: FieldName, { provider, provenance, updatedAt, conflicts }: Challenge): boolean {
  const { mode, order } = getConflictRule(field, conflicts);
  const ours = provenance[field];
  if (mode === 'newest' && updatedAt !== null && ours?.updatedAt !== undefined) {
    const ahead = Date.parse(updatedAt) - Date.parse(ours.updatedAt);
    if (Math.abs(ahead) > maxSkewMs) return ahead > 0;
  }
  if (ours?.provider === provider) return isNewer(updatedAt, ours.updatedAt);
  return rank(order, provider) < rank(order, ours?.provider);
}

/**
 * Both values are of one provider: of two records there, or ours was restored by a split. One clock tells which is newer; without
 * it, the value that is read later counts.
 */
function isNewer(theirs: string | null, ours: string | undefined): boolean {
  return theirs === null || ours === undefined || Date.parse(theirs) >= Date.parse(ours);
}

/** The provider's place in the order; after all others for a provider that the order does not name. */
function rank(order: readonly string[], provider: string | undefined): number {
  const position = provider === undefined ? -1 : order.indexOf(provider);
  return position === -1 ? order.length : position;
}
