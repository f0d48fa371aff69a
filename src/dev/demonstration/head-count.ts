import type { SandboxPages, SandboxRecords } from './sandbox-pages.ts';

export interface HeadCount {
  /** How many people each of those holds who hold everybody. */
  everywhere: number;
  /** How many of them the dialer has. */
  inDialer: number;
}

/** Counts the people in every sandbox. Throws a sentence when somebody is missing or is there twice. */
export async function countHeads(pages: SandboxPages, contacts: number): Promise<HeadCount> {
  const [gohighlevel, square, google, dialer] = await Promise.all([
    pages.find('gohighlevel'),
    pages.find('square'),
    pages.find('google'),
    pages.find('calltools'),
  ]);
  const everywhere = {
    GoHighLevel: gohighlevel.map(({ firstName, lastName }) => [firstName, lastName]),
    Square: square.map((customer) => [customer.given_name, customer.family_name]),
    Google: google.map(({ names }) => [names?.[0]?.givenName, names?.[0]?.familyName]),
  };
  const inDialer = dialer.map((contact: SandboxRecords['calltools']) => [contact.first_name, contact.last_name]);
  for (const [name, people] of Object.entries(everywhere)) check(name, people, contacts);
  check('CallTools', inDialer, inDialer.length);
  return { everywhere: contacts, inDialer: inDialer.length };
}

/** No two of the sample contacts share a name, so that a name that is there twice is somebody who is there twice. */
function check(where: string, people: (string | undefined)[][], contacts: number): void {
  const names = new Set(people.map((parts) => parts.join(' ')));
  if (names.size < people.length)
    throw new Error(`${where} has somebody twice: ${names.size} people in ${people.length} records`);
  if (people.length !== contacts) throw new Error(`${where} has ${people.length} records of ${contacts} contacts`);
}
