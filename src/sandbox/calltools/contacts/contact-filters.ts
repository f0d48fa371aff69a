import type { Account } from '#sandbox/calltools/account.ts';
import { invalid } from '#sandbox/calltools/django/errors.ts';
import {
  applyFilters,
  applyOrdering,
  byBool,
  byNumber,
  byText,
  type Filters,
  type Orderings,
  parseNumber,
} from '#sandbox/calltools/django/filters.ts';
import type { Contact } from '#sandbox/calltools/rows.ts';
import { builtInColumns } from './contact-columns.ts';

/** Lists contacts for `GET /contacts/`. Only `first_name=` is documented; integrators use the other parameters. */
export function filterContacts(account: Account, query: URLSearchParams): Contact[] {
  const rows = applyFilters(candidates(account, query), query, filtersOf(account));
  const { updated_on, ...others } = orderings;
  return applyOrdering(rows, query.get('ordering'), account.settings.updatedOnOrdering ? orderings : others);
}

/**
 * Uses an index if a parameter allows it; otherwise returns all contacts. `phone_number=` is E.164 with a plus sign, which a query string
 * has to percent-encode: otherwise it arrives as a space and finds nothing.
 */
function candidates(account: Account, query: URLSearchParams): Iterable<Contact> {
  const phone = account.settings.phoneNumberFilter ? query.get('phone_number') : null;
  const bucket = query.get('buckets__id');
  if (phone) return read(account, account.index.withPhone(phone));
  if (bucket) return read(account, account.index.inBucket(parseNumber(bucket, 'buckets__id')));
  return account.contacts.rows();
}

function read(account: Account, ids: number[]): Contact[] {
  return ids.map((id) => account.contacts.find(id)).filter((contact) => contact !== undefined);
}

function filtersOf({ settings }: Account): Filters<Contact> {
  return {
    ...(settings.accountFieldFilters ? filtersByValue(Object.keys(settings.fields)) : {}),
    ...filtersByValue(Object.keys(builtInColumns)),
    id: byNumber((contact) => contact.id),
    buckets__id: (value, name) => {
      const wanted = parseNumber(value, name);
      return (contact) => contact.buckets.some(({ bucketId }) => bucketId === wanted);
    },
    // `search=` compares names. An integrator saw that it does not find phones.
    search: (value) => (contact) => fullName(contact).includes(value.toLowerCase()),
    ...(settings.updatedOnFilter && { updated_on__gte: byTimeSince }),
  };
}

function filtersByValue(names: string[]): Filters<Contact> {
  return Object.fromEntries(names.map((name) => [name, isBool(name) ? byBool(get(name)) : byText(get(name))]));
}

const get = (name: string) => (contact: Contact) => contact.values[name];
const isBool = (name: string) => builtInColumns[name]?.type === 'bool';
const fullName = ({ values }: Contact) => `${values.first_name} ${values.last_name}`.toLowerCase();

/** `YYYY-MM-DD HH:MM:SS` is UTC for system fields: developers.calltools.com/api-conventions. */
function byTimeSince(value: string, name: string): (contact: Contact) => boolean {
  const utc = /Z$|[+-]\d\d:?\d\d$/.test(value) ? value : `${value.replace(' ', 'T')}Z`;
  const since = new Date(utc);
  if (Number.isNaN(since.getTime())) throw invalid({ [name]: ['Enter a valid date/time.'] });
  const microseconds = /\.\d{3}(\d{1,3})/.exec(value)?.[1] ?? '';
  const earliest = `${since.toISOString().slice(0, -1)}${microseconds.padEnd(3, '0')}Z`;
  return ({ updatedOn }) => updatedOn >= earliest;
}

const orderings = {
  created_on: (contact: Contact) => contact.createdOn,
  updated_on: (contact: Contact) => contact.updatedOn,
  first_name: (contact: Contact) => String(contact.values.first_name),
  last_name: (contact: Contact) => String(contact.values.last_name),
} satisfies Orderings<Contact>;
