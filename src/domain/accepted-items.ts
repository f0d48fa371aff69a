import type { ProviderValues } from './contact.ts';
import { type ContactSets, isSetField, itemKeys, type SetField, type SetItem } from './equality.ts';
import { isFiller } from './normalize/phone.ts';

/**
 * By set: whether a vendor takes the item in a write. A set that is not named takes every item. Records may show other items, too: what
 * people typed there, an import, text that cannot be read. Such an item is not an empty place: it stays in the record that has it until
 * somebody changes it there, and it is written to no other record.
 */
export type AcceptedItems = { readonly [Field in SetField]?: (item: SetItem<Field>) => boolean };

/** Limits of a vendor's record. */
export interface Capacity {
  accepts?: AcceptedItems | undefined;
  /** The values as a record would show them: one email where it has room for one. */
  fitValues(values: ProviderValues): ProviderValues;
}

/** The values as a record that holds `held` would show them: first the items that stay there, then those that the vendor accepts. */
export function fitToRecord(
  { accepts = {}, fitValues }: Capacity,
  values: ProviderValues,
  held: ProviderValues | null,
): ProviderValues {
  const fields = Object.keys(accepts).filter(isSetField);
  const arranged = fields.filter((field) => values[field]).map((field) => [field, arrange(field, { accepts, values, held })]);
  return fitValues({ ...values, ...Object.fromEntries(arranged) });
}

/** The items of a record that no write may replace: the vendor would not accept them, and they say something. */
export function listKept<Field extends SetField>(
  field: Field,
  accepts: AcceptedItems = {},
  held: ProviderValues | null = null,
): SetItem<Field>[] {
  const { [field]: items = [] }: Partial<ContactSets> = held ?? {};
  const isAccepted = accepts[field] ?? acceptsAll;
  const isFillerItem = fillers[field];
  return items.filter((item) => !isAccepted(item) && !isFillerItem(item));
}

const acceptsAll = (): boolean => true;

interface Arrangement {
  accepts: AcceptedItems;
  values: ProviderValues;
  held: ProviderValues | null;
}

/** Filler, such as `000`, gives way to everything else. An item that the vendor neither accepts nor has is left out. */
function arrange<Field extends SetField>(field: Field, { accepts, values, held }: Arrangement): SetItem<Field>[] {
  const keyOf = itemKeys[field];
  const { [field]: items = [] }: Partial<ContactSets> = values;
  const { [field]: known = [] }: Partial<ContactSets> = held ?? {};
  const isAccepted = accepts[field] ?? acceptsAll;
  const isFillerItem = fillers[field];
  const heldKeys = new Set(known.map(keyOf));
  const odd = items.filter((item) => !isAccepted(item) && heldKeys.has(keyOf(item)));
  const kept = odd.filter((item) => !isFillerItem(item));
  return [...kept, ...items.filter((item) => isAccepted(item)), ...odd.filter((item) => !kept.includes(item))];
}

/** Whether the item only fills a place that somebody had to fill. A filler email is read as none. */
const fillers: { [Field in SetField]: (item: SetItem<Field>) => boolean } = {
  emails: () => false,
  phones: ({ raw }) => isFiller(raw),
  addresses: () => false,
  tags: () => false,
};
