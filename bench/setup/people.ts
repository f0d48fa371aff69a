import { callJson } from '#dev/call-json.ts';
import type { SandboxAccounts } from '#dev/stack/sandboxes.ts';

/** Somebody of whom nobody else has the name, the email or the phone number. */
export interface Person {
  firstName: string;
  lastName: string;
  email: string;
  /** E.164; a number that a dialer would call. */
  phone: string;
}

export function person(index: number): Person {
  return {
    firstName: `Ada${letters(index)}`,
    lastName: `Lovelace${letters(index)}`,
    email: `ada.${index}@example.com`,
    phone: `+1512${2_000_000 + index}`,
  };
}

/** Puts people into GoHighLevel as a bulk import does there, without webhooks. Returns their ids, in order. */
export async function seedGoHighLevel(
  { gohighlevel }: Pick<SandboxAccounts, 'gohighlevel'>,
  contacts: (Person & { id?: string; tags?: string[] })[],
): Promise<string[]> {
  const body = { contacts, webhooks: false };
  return (await callJson<{ contacts: string[] }>(`${gohighlevel.control}/records`, { method: 'POST', body })).contacts;
}

/** Puts people into the dialer's bucket, as agents do by hand. */
export async function seedCallTools(
  { calltools }: Pick<SandboxAccounts, 'calltools'>,
  people: Person[],
  bucket: string,
): Promise<void> {
  const create = people.map(({ firstName, lastName, email, phone }) => ({
    ...{ first_name: firstName, last_name: lastName, personal_email_address: email, mobile_phone_number: phone },
    add_buckets: [bucket],
  }));
  await callJson(`${calltools.control}/records`, { method: 'POST', body: { buckets: [bucket], create } });
}

/** Puts people into Square as an import there does, without webhooks. */
export async function seedSquare({ square }: Pick<SandboxAccounts, 'square'>, people: Person[]): Promise<void> {
  const customers = people.map(({ firstName, lastName, email, phone }) => ({
    ...{ given_name: firstName, family_name: lastName, email_address: email, phone_number: phone },
  }));
  await callJson(`${square.control}/records`, { method: 'POST', body: { customers, webhooks: false } });
}

/** Puts people into Google Contacts, as an import there does. */
export async function seedGoogle({ google }: Pick<SandboxAccounts, 'google'>, people: Person[]): Promise<void> {
  const body = people.map(({ firstName, lastName, email, phone }) => ({
    ...{ names: [{ givenName: firstName, familyName: lastName }], emailAddresses: [{ value: email }] },
    phoneNumbers: [{ value: phone }],
  }));
  await callJson(`${google.control}/records`, { method: 'POST', body: { people: body } });
}

/** 0 → a, 25 → z, 26 → ba: names hold no digits. */
function letters(index: number): string {
  return [...index.toString(26)].map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 26))).join('');
}
