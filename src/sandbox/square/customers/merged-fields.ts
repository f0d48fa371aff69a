import type { SquareSettings } from '#sandbox/square/settings.ts';
import type { Customer, CustomerChanges } from './customer.ts';

const carriedOver = [
  'given_name',
  'family_name',
  'company_name',
  'nickname',
  'email_address',
  'phone_number',
  'address',
  'birthday',
  'reference_id',
  'tax_ids',
  'note',
] as const;

interface Options {
  /** The day of the merge, MM/DD/YYYY. */
  on: string;
  settings: SquareSettings;
}

/**
 * Square docs (Customer, merges): the new profile aggregates the properties of the old ones. In the sandbox the first value wins.
 * Square forum 20358: losing values can be added to the note.
 */
export function mergedFields(originals: readonly Customer[], { on, settings }: Options): CustomerChanges {
  const fields: Record<string, unknown> = {};
  const losing: string[] = [];
  for (const name of carriedOver) {
    const values = originals.map((original) => original[name]).filter((value) => value !== undefined);
    const [first, ...others] = [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
    if (first !== undefined) fields[name] = first;
    for (const other of others) losing.push(`${name}: ${typeof other === 'string' ? other : JSON.stringify(other)}`);
  }
  if (!settings.mergeKeepsReference) delete fields.reference_id;
  if (settings.mergeNote && losing.length > 0) {
    const losses = `Merged on ${on}. Following fields were not transferred: ${losing.join('; ')}`;
    fields.note = [fields.note, losses].filter(Boolean).join('\n');
  }
  const groupIds = new Set(originals.flatMap(({ group_ids = [] }) => group_ids));
  const unsubscribed = originals.some(({ preferences }) => preferences.email_unsubscribed);
  return { ...fields, group_ids: [...groupIds], preferences: { email_unsubscribed: unsubscribed } };
}
