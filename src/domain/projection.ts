import type { Placement, Subject } from './audience.ts';
import { type FieldName, fieldNames, type ProviderValues, type RecordPatch } from './contact.ts';
import { type ContactSets, isBlank, isSetField, itemKeys, type SetField } from './equality.ts';
import { fieldTable } from './fields.ts';

/** The contact as one provider should see it. */
export interface Projection {
  /** Whether the provider should have a record at all. An unwanted record that exists leaves its lists. */
  wanted: boolean;
  fields: RecordPatch['set'];
  /**
   * The keys of every item of a set, as the provider would show it. A provider with room for fewer items may hold any of them.
   */
  mayHold: Partial<Record<SetField, string[]>>;
  hasTags: string[];
  /** `others`: every tag that the contact does not have. */
  lacksTags: string[] | 'others';
  inLists: string[];
  notInLists: string[];
}

/** A provider's capabilities. */
export interface Target {
  provider: string;
  /** Canonical fields that it can hold. */
  holds: readonly FieldName[];
  /** Those of them that it accepts in a create and never changes again. */
  createOnly: readonly FieldName[];
  /** The values as the provider would show them: one email where it has room for one. */
  fitValues(values: ProviderValues): ProviderValues;
  role: Role;
}

/**
 * Which contacts have a record at a provider:
 * - `audience`: those that an audience places there
 * - `everyone`: all contacts
 * - `linked`: only those that have one already
 */
export type Role = 'audience' | 'everyone' | 'linked';

export interface ProjectionInput {
  target: Target;
  subject: Subject;
  /** The contact's lists and tags at this provider; null when no audience places it there. */
  placement: Placement | null;
  /** Every list and tag that the audiences manage there. */
  managed: { lists: string[]; tags: string[] };
}

/** The contact as the target should hold it. */
export function projectContact(input: ProjectionInput): Projection {
  return input.target.role === 'audience' ? projectToAudience(input) : projectToMember(input);
}

/** An audience target holds the contact's fields and places while an audience wants it there, and nothing otherwise. */
function projectToAudience({ target, subject, placement, managed }: ProjectionInput): Projection {
  if (placement === null) {
    const refused = Object.values(subject.fields.doNotContact).some(Boolean);
    return {
      wanted: false,
      // A refusal must reach the record that stays behind, or it would be dialled from another list.
      fields:
        refused && target.holds.includes('doNotContact')
          ? toPatchable(target.fitValues({ doNotContact: subject.fields.doNotContact }))
          : {},
      mayHold: {},
      hasTags: [],
      lacksTags: managed.tags,
      inLists: [],
      notInLists: managed.lists,
    };
  }
  return {
    wanted: true,
    ...projectFields(target, subject),
    hasTags: placement.addTags,
    lacksTags: [...placement.removeTags, ...without(managed.tags, placement.addTags)],
    inLists: placement.lists,
    notInLists: without(managed.lists, placement.lists),
  };
}

/** A member holds every field that it can. It gets no record for a deleted contact. */
function projectToMember({ target, subject }: ProjectionInput): Projection {
  const { fields, mayHold } = projectFields(target, subject);
  return {
    wanted: target.role === 'everyone' && !subject.isDeleted && identifiesSomebody(fields),
    fields,
    mayHold,
    hasTags: target.holds.includes('tags') ? (target.fitValues({ tags: subject.fields.tags }).tags ?? []) : [],
    lacksTags: target.holds.includes('tags') ? 'others' : [],
    inLists: [],
    notInLists: [],
  };
}

function identifiesSomebody(values: ProviderValues): boolean {
  return fieldNames.some((field) => fieldTable[field].isIdentifying && !isBlank(values[field]));
}

function projectFields(target: Target, { fields, firstMatters = [] }: Subject): Pick<Projection, 'fields' | 'mayHold'> {
  const held = target.holds.filter((field) => field !== 'tags');
  const fitted = target.fitValues(Object.fromEntries(held.map((field) => [field, fields[field]])));
  // A value that the provider cannot show at all (a birthday without its year) must not clear the value that it holds.
  for (const field of held) if (isBlank(fitted[field]) && !isBlank(fields[field])) delete fitted[field];
  const free = target.holds.filter(isSetField).filter((field) => !firstMatters.includes(field));
  const sets = free.map((field) => [field, findKeys(target, field, fields[field])]);
  return { fields: toPatchable(fitted), mayHold: Object.fromEntries(sets) };
}

/** Without tags and lists, which a patch adds and removes one by one. */
function toPatchable({ tags: _, lists: __, ...fields }: ProviderValues): Projection['fields'] {
  return fields;
}

function findKeys<Field extends SetField>(target: Target, field: Field, items: ContactSets[Field]): string[] {
  return items.flatMap((item) => {
    const fitted: Partial<ContactSets> = target.fitValues({ [field]: [item] });
    return fitted[field]?.map(itemKeys[field]) ?? [];
  });
}

function without(all: string[], some: string[]): string[] {
  return all.filter((item) => !some.includes(item));
}
