import type { Placement, Subject } from './audience.ts';
import type { ContactFields, FieldName } from './contact.ts';

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

export interface ProjectionInput {
  /** Canonical fields that the provider can hold. */
  holds: readonly FieldName[];
  subject: Subject;
  /** Where the audiences put the contact at this provider; null for nowhere. */
  placement: Placement | null;
  /** Every list and tag that the audiences hand out there. */
  managed: { lists: string[]; tags: string[] };
}

/** What an audience target should hold: the contact's fields and places while some audience wants it there, else none of them. */
export function projectContact({ holds, subject, placement, managed }: ProjectionInput): Projection {
  if (placement === null) {
    const refused = Object.values(subject.fields.doNotContact).some(Boolean);
    return {
      wanted: false,
      // A refusal must reach the record that stays behind, or it would be dialled from another list.
      fields: refused && holds.includes('doNotContact') ? { doNotContact: subject.fields.doNotContact } : {},
      hasTags: [],
      lacksTags: managed.tags,
      inLists: [],
      notInLists: managed.lists,
    };
  }
  return {
    wanted: true,
    fields: pick(subject.fields, holds),
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
