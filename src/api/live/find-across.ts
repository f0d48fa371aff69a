import { hash } from 'node:crypto';
import type { SandboxLink } from '#api/deps.ts';
import { readPeople, type SandboxPerson } from './sandbox-people.ts';

/** A person in all sandboxes, recognised by the email address. */
export interface Across {
  email: string;
  /** By sandbox id; absent where the sandbox holds nobody with the address. */
  in: Record<string, SandboxPerson>;
}

const maxShown = 6;

/** The people whose name, email address or phone number contains `wanted`. Without it, some that all sandboxes have, and some that one lacks. */
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
  const all = [...found.values()].toSorted(byRank);
  if (needle !== '') return all.filter((across) => textOf(across).includes(needle)).slice(0, maxShown);
  const inAll = all.filter((across) => countOf(across) === sandboxes.length).slice(0, maxShown / 2);
  const inMost = all.filter((across) => countOf(across) === sandboxes.length - 1).slice(0, maxShown - inAll.length);
  return [...inAll, ...inMost].toSorted(byRank);
}

const countOf = ({ in: places }: Across): number => Object.keys(places).length;

const byRank = (a: Across, b: Across): number => rank(a).localeCompare(rank(b));

/** The same order each time, and not one by which all have the same name. */
const rank = ({ email }: Across): string => hash('sha256', email);

function textOf({ email, in: places }: Across): string {
  const people = Object.values(places);
  const parts = people.flatMap(({ givenName, familyName, phones }) => [`${givenName ?? ''} ${familyName ?? ''}`, ...phones]);
  return [email, ...parts].join(' ').toLowerCase();
}
