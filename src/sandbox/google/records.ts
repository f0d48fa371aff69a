import { ZodError, z } from 'zod';
import type { RecordsControl } from '#sandbox/core/control.ts';
import type { Account } from './account.ts';
import { cleaned } from './contacts/contact-writer.ts';
import { mergePeople } from './contacts/merge-people.ts';
import { GoogleError } from './google-error.ts';
import { groupName } from './groups/groups.ts';
import { withDefaultGroup } from './groups/memberships.ts';
import { readPaths } from './person/fields.ts';
import type { Person, Values } from './person/person.ts';
import { checkSingletons, readPerson } from './person/read-person.ts';
import { showPerson } from './person/show-person.ts';

const names = z.array(z.string()).default([]);

const changeBody = z.strictObject({
  /** Labels to create unless they exist. */
  groups: names,
  /** Contacts to save. With the resource name of an existing contact, the given fields replace its own; otherwise a contact is created, with that name or a new one. */
  people: z.array(z.looseObject({ resourceName: z.string().optional() })).default([]),
  /** Contacts to move into the trash, and out of it. */
  delete: names,
  restore: names,
  /** Contacts whose etag changes, and nothing else. */
  touch: names,
  /** Contacts that get another resource name, as if linked to a profile. */
  rename: names,
  merge: z.array(z.strictObject({ into: z.string(), from: z.array(z.string()).min(1) })).default([]),
});
type Change = z.output<typeof changeBody>;

const listQuery = z.object({
  resourceName: z.string().optional(),
  email: z.string().optional(),
  limit: z.coerce.number().int().min(1).default(1_000),
  offset: z.coerce.number().int().min(0).default(0),
});

/** Changes as a user makes them in Google Contacts: without token, quota or etag. Sync sees them after the propagation delay. */
export function createRecords(account: Account): RecordsControl<{ people: string[] }> {
  const { book, settings, store } = account;
  const show = (person: Person) => showPerson(person, { mask: readPaths, fromList: false, withPreviousNames: true }, settings());
  return {
    list(query) {
      const { offset, limit, ...wanted } = listQuery.parse(query);
      const people = [...book.all()].filter((person) => isWanted(person, wanted));
      return { people: people.slice(offset, offset + limit).map(show), total: people.length, groups: groupsByName(account) };
    },
    change: (body) => store.transaction(() => change(account, changeBody.parse(Array.isArray(body) ? { people: body } : body))),
  };
}

function change(account: Account, wanted: Change) {
  const { book, groups, settings } = account;
  const bodies = check(account, wanted);
  const get = (name: string) => book.find(name) ?? refuse(`There is no contact ${name}.`);
  const getDeleted = (name: string) => book.findDeleted(name) ?? refuse(`There is no deleted contact ${name}.`);
  const taken = groupsByName(account);
  for (const name of wanted.groups) if (!Object.hasOwn(taken, name)) groups.create({ name });
  const people = bodies.map(({ resourceName, values }) => save(account, values, resourceName));
  for (const name of wanted.restore) book.restore(getDeleted(name));
  for (const name of wanted.touch) book.update(get(name));
  const renamed = wanted.rename.map((name) => [name, book.rename(get(name), settings().renameTombstone).resourceName]);
  for (const { into, from } of wanted.merge) mergePeople(account, get(into), from.map(get));
  for (const name of wanted.delete) book.remove(get(name));
  return { people, groups: groupsByName(account), renamed: Object.fromEntries(renamed) };
}

/** Checks everything before the first write, so that a refusal changes nothing. */
function check({ book }: Account, { people, restore, touch, rename, merge, ...wanted }: Change) {
  const merged = merge.flatMap(({ into, from }) => [into, ...from]);
  const unknown = [...touch, ...rename, ...merged, ...wanted.delete].find((name) => !book.find(name));
  if (unknown !== undefined) refuse(`There is no contact ${unknown}.`);
  const notDeleted = restore.find((name) => !book.findDeleted(name));
  if (notDeleted !== undefined) refuse(`There is no deleted contact ${notDeleted}.`);
  return people.map((body, index) => ({ resourceName: body.resourceName, values: readValues(body, `people[${index}]`) }));
}

function readValues(body: object, at: string): Values {
  try {
    const { values } = readPerson(body, at);
    checkSingletons(values);
    return values;
  } catch (error) {
    if (error instanceof GoogleError) refuse(error.message);
    throw error;
  }
}

function groupsByName({ groups }: Account): Record<string, string> {
  const living = groups.all().filter(({ deleted }) => !deleted);
  return Object.fromEntries(living.map((group) => [group.name, groupName(group)]));
}

function save({ book }: Account, values: Values, resourceName: string | undefined): string {
  const existing = resourceName === undefined ? undefined : book.find(resourceName);
  if (existing) return book.update(existing, cleaned({ ...existing.values, ...values })).resourceName;
  return book.create(withDefaultGroup(cleaned(values)), resourceName).resourceName;
}

function isWanted(
  person: Person,
  { resourceName, email }: { resourceName?: string | undefined; email?: string | undefined },
): boolean {
  if (resourceName !== undefined && person.resourceName !== resourceName) return false;
  return email === undefined || (person.values.emailAddresses ?? []).some(({ value }) => value === email);
}

/** The control routes answer a ZodError with its message. */
function refuse(message: string): never {
  throw new ZodError([{ code: 'custom', path: [], message, input: undefined }]);
}
