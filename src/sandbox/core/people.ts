import { z } from 'zod';

/** One person as the vendor's own pages show them, in one form for all vendors. A key that the vendor has no field for is absent. */
export interface Person {
  /** The vendor's id, as text. */
  id: string;
  givenName?: string | undefined;
  familyName?: string | undefined;
  /** E.164 where the vendor keeps it. */
  phones: string[];
  emails: string[];
  note?: string | undefined;
  /** Names of the lists (buckets) that the person is in. */
  lists?: string[];
  doNotCall?: boolean;
}

const text = z.string().nullable().optional();

export const personEditSchema = z.strictObject({
  /** The person to change. Absent for a new person; an unknown id creates a person with that id where the vendor's ids allow it. */
  id: z.string().optional(),
  givenName: text,
  familyName: text,
  /** Replaces all phones of the person. */
  phone: text,
  /** Replaces all email addresses of the person. */
  email: text,
  note: text,
  company: text,
  city: text,
  state: text,
  country: z.string().optional(),
  source: z.string().optional(),
  /** Replaces all tags of the person. */
  tags: z.array(z.string()).optional(),
  addTags: z.array(z.string()).optional(),
  /** Adds the person to these lists; a list that does not exist is created. */
  addLists: z.array(z.string()).optional(),
  doNotCall: z.boolean().optional(),
});

/** An edit in the vendor's own pages. Null empties a field, an absent key leaves it alone, a key unknown to the vendor is ignored. */
export type PersonEdit = z.output<typeof personEditSchema>;

/** The people of a sandbox, for `GET` and `POST /_sandbox/people`. */
export interface PeopleControl {
  all(): Iterable<Person>;
  /** Creates or changes people, as somebody does in the vendor's own pages. Returns their ids, in order. */
  save(edits: PersonEdit[], options: { webhooks: boolean }): string[];
  /** Creates the lists that do not exist. Absent where the vendor has no lists. */
  createLists?(names: string[]): void;
}

export const peopleQuerySchema = z.object({ email: z.string().optional(), phone: z.string().optional() });

export const peopleBodySchema = z.strictObject({
  people: z.array(personEditSchema).default([]),
  lists: z.array(z.string()).default([]),
  /** False: the vendor sends no webhook for these edits. */
  webhooks: z.boolean().default(true),
});

/** The people with this email address and this phone number; everybody where neither is given. */
export function findPeople(people: PeopleControl, { email, phone }: z.output<typeof peopleQuerySchema>): Person[] {
  const wanted = email?.toLowerCase();
  return [...people.all()].filter(
    ({ emails, phones }) =>
      (wanted === undefined || emails.some((each) => each.toLowerCase() === wanted)) &&
      (phone === undefined || phones.includes(phone)),
  );
}
