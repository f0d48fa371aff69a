import { type CanonicalField, fieldNames } from '#domain/contact.ts';
import { type FieldType, fieldTable } from '#domain/fields.ts';

/** The part of a contact that a form field fills: its `mapsTo`. */
export type FieldTarget = { [Field in CanonicalField]: keyof (typeof fieldTable)[Field]['forms'] }[CanonicalField];

interface Traits {
  /** The type of the contact's field. */
  type: FieldType;
  /** The token by which browsers fill in the form field; null for none. */
  autofill: string | null;
}

const traits = new Map<string, Traits>();
for (const field of fieldNames) {
  const { type, forms } = fieldTable[field];
  for (const [target, autofill] of Object.entries<string | null>(forms)) traits.set(target, { type, autofill });
}

export const fieldTargets = [...traits.keys()].filter(isFieldTarget);

/** The traits of a target. Throws for a name that the table of fields does not have. */
export function getTargetTraits(target: FieldTarget): Traits {
  const found = traits.get(target);
  if (!found) throw new Error(`There is no form target ${target}`);
  return found;
}

function isFieldTarget(name: string): name is FieldTarget {
  return traits.has(name);
}
