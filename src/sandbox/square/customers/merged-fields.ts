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
 * Square docs (Customer, merges): the new profile aggregates the properties of the old ones; here the first one wins that has
 * a value. Square forum 20358: values that lose can end up as text in the note.
 */
export function mergedFields(olds: readonly Customer[], { on, settings }: Options): CustomerChanges {
  const fields: Record<string, unknown> = {};
  const lost: string[] = [];
  for (const name of carriedOver) {
    const values = olds.map((old) => old[name]).filter((value) => value !== undefined);
    const [first, ...others] = [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
    if (first !== undefined) fields[name] = first;
    for (const other of others) lost.push(`${name}: ${typeof other === 'string' ? other : JSON.stringify(other)}`);
  }
  if (!settings.mergeKeepsReference) delete fields.reference_id;
  if (settings.mergeNote && lost.length > 0) {
    const losses = `Merged on ${on}. Following fields were not transferred: ${lost.join('; ')}`;
    fields.note = [fields.note, losses].filter(Boolean).join('\n');
  }
  const groupIds = new Set(olds.flatMap(({ group_ids = [] }) => group_ids));
  const unsubscribed = olds.some(({ preferences }) => preferences.email_unsubscribed);
  return { ...fields, group_ids: [...groupIds], preferences: { email_unsubscribed: unsubscribed } };
}
