import { callJson } from '#dev/call-json.ts';
import type { Bench } from './bench.ts';
import { runFullPass } from './full-pass.ts';
import { type BenchPerson, person, seedPeople } from './people.ts';

export interface ColdLeads {
  /** The next person without the tag. Throws when none is left. */
  next(): Candidate;
}

export interface Candidate extends BenchPerson {
  /** The id in GoHighLevel. */
  id: string;
}

let used = 0;

/** Creates people in GoHighLevel who are in no audience, and syncs them. */
export async function prepareColdLeads(bench: Bench, count: number): Promise<ColdLeads> {
  const people = Array.from({ length: count }, (_, index) => person(100_000 + used + index));
  used += count;
  const ids = await seedPeople(bench.stack.sandboxes.gohighlevel, people);
  await runFullPass(bench.temporal, 'gohighlevel');
  const queue = people.map((each, index) => ({ ...each, id: ids[index] as string })).values();
  return {
    next() {
      const { value } = queue.next();
      if (!value) throw new Error('No untagged person is left');
      return value;
    },
  };
}

/** Tags a person "cold lead" through GoHighLevel's API, as an automation does. */
export async function tagColdLead({ stack }: Bench, { id }: Candidate): Promise<void> {
  const { url, token } = stack.sandboxes.gohighlevel;
  const headers = { authorization: `Bearer ${token}`, version: '2021-07-28' };
  await callJson(`${url}/contacts/${id}/tags`, { method: 'POST', headers, body: { tags: ['cold lead'] } });
}
