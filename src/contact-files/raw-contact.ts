import type { ExtraField } from '#domain/contact.ts';
import type { AddressParts } from '#domain/normalize/address.ts';
import type { DoNotContact } from '#domain/values.ts';

/** A text of a list, with its label. */
export interface RawItem {
  text: string;
  label: string | null;
  /** Where the text stands: the column or the property. */
  column: string;
}

export interface RawAddress {
  parts: AddressParts;
  /** The whole address as one text, for an address without parts. */
  whole?: string;
}

/** The parts of every contact that are one text. */
export const rawTexts = [
  ...(['fullName', 'givenName', 'middleName', 'familyName', 'nameSuffix', 'company', 'jobTitle'] as const),
  ...(['birthday', 'source', 'note'] as const),
] as const;
export type RawText = (typeof rawTexts)[number];

/** One person as a file has it: nothing is checked yet. */
export interface RawContact {
  /** With the column that each stands in. */
  texts: Partial<Record<RawText | ExtraField, { text: string; column: string }>>;
  emails: RawItem[];
  phones: RawItem[];
  addresses: RawAddress[];
  tags: string[];
  refused: Set<keyof DoNotContact>;
  contactId: string | null;
}

export function emptyRawContact(): RawContact {
  return { texts: {}, emails: [], phones: [], addresses: [], tags: [], refused: new Set(), contactId: null };
}
