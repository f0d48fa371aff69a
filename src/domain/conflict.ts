import type { FieldName, Provenance } from './contact.ts';
import { isSetField } from './equality.ts';

/**
 * Who is right when both sides changed a field:
 * - `authority`: the provider that stands first in the order
 * - `newest`: the later change by the vendors' clocks; by order where they do not say, or are too close to tell
 * - `keep-both`: items of both sides (lists only)
 * - `ask`: a person; until then each side keeps its value
 * - `owner`: the first provider in the order always, also when nobody else changed it
 */
export type ConflictMode = 'authority' | 'newest' | 'keep-both' | 'ask' | 'owner';

export interface ConflictRules {
  /** Provider ids, the one that wins first. */
  order: readonly string[];
  fields: Partial<Record<FieldName, { mode: ConflictMode; order?: readonly string[] }>>;
}

export function ruleFor(field: FieldName, { order, fields }: ConflictRules): { mode: ConflictMode; order: readonly string[] } {
  const { mode = isSetField(field) ? 'keep-both' : 'authority', order: own } = fields[field] ?? {};
  return { mode, order: own ?? order };
}

/** Clocks of two vendors that differ by less say nothing of who was first. */
const skewBoundMs = 5 * 60_000;

/** A provider's value that contradicts ours. */
interface Challenge {
  provider: string;
  /** When the record changed, by the provider's clock. */
  updatedAt: string | null;
  /** Of our values. */
  provenance: Provenance;
  conflicts: ConflictRules;
}

/** Whether the provider's value replaces ours. The answer does not depend on the order in which the two changes arrive. */
export function theirsWins(field: FieldName, { provider, provenance, updatedAt, conflicts }: Challenge): boolean {
  const { mode, order } = ruleFor(field, conflicts);
  const ours = provenance[field];
  if (mode === 'newest' && updatedAt !== null && ours?.updatedAt !== undefined) {
    const ahead = Date.parse(updatedAt) - Date.parse(ours.updatedAt);
    if (Math.abs(ahead) > skewBoundMs) return ahead > 0;
  }
  return rank(order, provider) < rank(order, ours?.provider);
}

function rank(order: readonly string[], provider: string | undefined): number {
  const position = provider === undefined ? -1 : order.indexOf(provider);
  return position === -1 ? order.length : position;
}
