import type { SandboxLink } from '#api/deps.ts';
import { readPeople, type SandboxPerson } from './sandbox-people.ts';

/** A person in all sandboxes, recognised by the email address. */
export interface Across {
  email: string;
  /** By sandbox id; absent where the sandbox holds nobody with the address. */
  in: Record<string, SandboxPerson>;
}

const maxShown = 8;

/** The people whose name, email address or phone number contains `wanted`; those in the most sandboxes first. */
export async function findAcross(sandboxes: readonly SandboxLink[], wanted: string): Promise<Across[]> {
  const found = new Map<string, Across>();
  await Promise.all(
    sandboxes.map(async (sandbox) => {
      for (const person of await readPeople(sandbox)) {
        const [email] = person.emails;
        if (email === undefined) continue;
        const key = email.toLowerCase();
        const across = found.get(key) ?? { email: key, in: {} };
        across.in[sandbox.id] ??= person;
        found.set(key, across);
      }
    }),
  );
  const needle = wanted.trim().toLowerCase();
  const matching = [...found.values()].filter((across) => needle === '' || textOf(across).includes(needle));
  const count = (across: Across) => Object.keys(across.in).length;
  return matching.toSorted((a, b) => count(b) - count(a) || a.email.localeCompare(b.email)).slice(0, maxShown);
}

function textOf({ email, in: places }: Across): string {
  const people = Object.values(places);
  const parts = people.flatMap(({ givenName, familyName, phones }) => [`${givenName ?? ''} ${familyName ?? ''}`, ...phones]);
  return [email, ...parts].join(' ').toLowerCase();
}
