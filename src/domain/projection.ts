import type { Placement, Subject } from './audience.ts';
import type { ContactFields, FieldName, ProviderValues } from './contact.ts';
import { isBlank, isSetField, itemKeys, type SetField } from './equality.ts';

/** The contact as one provider should see it. */
export interface Projection {
  /** Whether the provider should have a record at all. A record that exists and is not wanted leaves its lists. */
  wanted: boolean;
  fields: Partial<Omit<ContactFields, 'tags'>>;
  /** Keys of every item of a list that the contact has, as the provider would show it: any of them may stand where there is room for fewer. */
  mayHold: Partial<Record<SetField, string[]>>;
  hasTags: string[];
  /** `others`: every tag that the contact does not have. */
  lacksTags: string[] | 'others';
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
  /**
   * `audience`: holds whom some audience places there. `everyone`: a member that holds every contact. `linked`: a member that is
   * kept in step where it has the contact already.
   */
  role: Role;
}

export type Role = 'audience' | 'everyone' | 'linked';

export interface ProjectionInput {
  target: Target;
  subject: Subject;
  /** Where the audiences put the contact at this provider; null for nowhere. */
  placement: Placement | null;
  /** Every list and tag that the audiences hand out there. */
  managed: { lists: string[]; tags: string[] };
}

export function projectContact(input: ProjectionInput): Projection {
  return input.target.role === 'audience' ? projectMembershipOf(input) : projectWhole(input);
}

/** What an audience target should hold: the contact's fields and places while some audience wants it there, else none of them. */
function projectMembershipOf({ target, subject, placement, managed }: ProjectionInput): Projection {
  if (placement === null) {
    const refused = Object.values(subject.fields.doNotContact).some(Boolean);
    return {
      wanted: false,
      // A refusal must reach the record that stays behind, or it would be dialled from another list.
      fields:
        refused && target.holds.includes('doNotContact') ? target.fitValues({ doNotContact: subject.fields.doNotContact }) : {},
      mayHold: {},
      hasTags: [],
      lacksTags: managed.tags,
      inLists: [],
      notInLists: managed.lists,
    };
  }
  return {
    wanted: true,
    ...fieldsFor(target, subject.fields),
    hasTags: placement.addTags,
    lacksTags: [...placement.removeTags, ...without(managed.tags, placement.addTags)],
    inLists: placement.lists,
    notInLists: without(managed.lists, placement.lists),
  };
}

/** A member holds all of the contact that it can. Of somebody deleted it keeps what it has, until a person decides. */
function projectWhole({ target, subject }: ProjectionInput): Projection {
  const { fields, mayHold } = fieldsFor(target, subject.fields);
  const says = Object.entries(fields).some(([field, value]) => identifying.has(field) && !isBlank(value));
  return {
    wanted: target.role === 'everyone' && !subject.isDeleted && says,
    fields,
    mayHold,
    hasTags: target.holds.includes('tags') ? (target.fitValues({ tags: subject.fields.tags }).tags ?? []) : [],
    lacksTags: target.holds.includes('tags') ? 'others' : [],
    inLists: [],
    notInLists: [],
  };
}

/** A record that has none of these would be nobody's. */
const identifying = new Set<string>(['givenName', 'familyName', 'company', 'emails', 'phones']);

function fieldsFor(target: Target, fields: ContactFields): Pick<Projection, 'fields' | 'mayHold'> {
  const held = target.holds.filter((field) => field !== 'tags');
  const fitted = target.fitValues(Object.fromEntries(held.map((field) => [field, fields[field]])));
  // What it cannot show at all (a birthday without its year) says nothing about what it holds.
  for (const field of held) if (isBlank(fitted[field]) && !isBlank(fields[field])) delete fitted[field];
  const sets = target.holds.filter(isSetField).map((field) => [field, keysOf(target, field, fields[field])]);
  return { fields: fitted as Projection['fields'], mayHold: Object.fromEntries(sets) };
}

function keysOf<F extends SetField>(target: Target, field: F, items: ContactFields[F]): string[] {
  const keyOf = itemKeys[field] as (item: unknown) => string;
  return items.flatMap((item) => (target.fitValues({ [field]: [item] })[field] ?? []).map(keyOf));
}

function without(all: string[], some: string[]): string[] {
  return all.filter((item) => !some.includes(item));
}
