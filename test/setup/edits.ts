import { control, type Sandboxes } from './sandboxes.ts';

/** Creates or changes a contact in GoHighLevel's own pages. Returns its id. */
export async function changeInGhl({ gohighlevel }: Pick<Sandboxes, 'gohighlevel'>, contact: Fields): Promise<string> {
  const { contacts } = await control<{ contacts: string[] }>(gohighlevel, 'POST', 'records', { contacts: [contact] });
  return contacts[0] as string;
}

/** Creates or, with `id`, changes a customer in Square's own pages. Returns the id. Fields are Square's; null empties one. */
export async function changeInSquare({ square }: Pick<Sandboxes, 'square'>, customer: Fields): Promise<string> {
  const { customers } = await control<{ customers: string[] }>(square, 'POST', 'records', { customers: [customer] });
  return customers[0] as string;
}

/** Creates or, with `resourceName`, changes a person in Google Contacts. Returns the resource name. Fields are Google's. */
export async function changeInGoogle({ google }: Pick<Sandboxes, 'google'>, person: Fields): Promise<string> {
  const { people } = await control<{ people: string[] }>(google, 'POST', 'records', { people: [person] });
  return people[0] as string;
}

type Fields = Record<string, unknown>;

export interface DialerContact {
  id: number;
  first_name: string;
  mobile_phone_number?: string;
  buckets: number[];
  tags: number[];
  do_not_contact?: boolean;
  [field: string]: unknown;
}

/** All contacts of the dialer, with the names of their buckets. */
export async function dialerContacts({
  calltools: dialer,
}: Pick<Sandboxes, 'calltools'>): Promise<(DialerContact & { bucketNames: string[] })[]> {
  const { contacts, buckets } = await control<{ contacts: DialerContact[]; buckets: Record<string, number> }>(
    dialer,
    'GET',
    'records',
  );
  const names = new Map(Object.entries(buckets).map(([name, id]) => [id, name]));
  return contacts.map((contact) => ({ ...contact, bucketNames: contact.buckets.map((id) => names.get(id) ?? String(id)) }));
}

/** All records of a sandbox, in the vendor's form. */
export async function recordsOf<T = Record<string, unknown>>(sandbox: { controlUrl: string }): Promise<T[]> {
  const { contacts, customers, people } = await control<Record<string, T[]>>(sandbox, 'GET', 'records?limit=100000');
  return contacts ?? customers ?? people ?? [];
}
