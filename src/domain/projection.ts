import type { Placement, Subject } from './audience.ts';
import type { ContactFields, FieldName, ProviderValues } from './contact.ts';

/** The contact as one provider should see it. */
export interface Projection {
  /** Whether the provider should have a record at all. A record that exists and is not wanted leaves its lists. */
  wanted: boolean;
  fields: Partial<Omit<ContactFields, 'tags'>>;
  hasTags: string[];
  lacksTags: string[];
  inLists: string[];
  notInLists: string[];
}

/** What a provider can hold. */
export interface Target {
  provider: string;
  /** Canonical fields. */
  holds: readonly FieldName[];
  /** Those of them that it takes with a create and never changes again. */
  createOnly: readonly FieldName[];
  /** Values as it would give them back: one email where it has room for one. */
  fitValues(values: ProviderValues): ProviderValues;
}

export interface ProjectionInput {
  target: Target;
  subject: Subject;
  /** Where the audiences put the contact at this provider; null for nowhere. */
  placement: Placement | null;
  /** Every list and tag that the audiences hand out there. */
  managed: { lists: string[]; tags: string[] };
}

/** What an audience target should hold: the contact's fields and places while some audience wants it there, else none of them. */
export function projectContact({ target, subject, placement, managed }: ProjectionInput): Projection {
  if (placement === null) {
    const refused = Object.values(subject.fields.doNotContact).some(Boolean);
    return {
      wanted: false,
      // A refusal must reach the record that stays behind, or it would be dialled from another list.
      fields:
        refused && target.holds.includes('doNotContact') ? target.fitValues({ doNotContact: subject.fields.doNotContact }) : {},
      hasTags: [],
      lacksTags: managed.tags,
      inLists: [],
      notInLists: managed.lists,
    };
  }
  return {
    wanted: true,
    fields: target.fitValues(pick(subject.fields, target.holds)),
    hasTags: placement.addTags,
    lacksTags: [...placement.removeTags, ...without(managed.tags, placement.addTags)],
    inLists: placement.lists,
    notInLists: without(managed.lists, placement.lists),
  };
}

function pick(fields: ContactFields, holds: readonly FieldName[]): Projection['fields'] {
  return Object.fromEntries(holds.filter((field) => field !== 'tags').map((field) => [field, fields[field]]));
}

function without(all: string[], some: string[]): string[] {
  return all.filter((item) => !some.includes(item));
}
