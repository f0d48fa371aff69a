import { callJson } from '#dev/call-json.ts';
import type { Bench } from './bench.ts';
import { runFullPass } from './full-pass.ts';
import { type BenchPerson, person, seedPeople } from './people.ts';

export interface ColdLeads {
  /** The next of those who can be tagged. Throws when all are used up. */
  next(): Candidate;
}

export interface Candidate extends BenchPerson {
  /** In GoHighLevel. */
  id: string;
}

let used = 0;

/** People whom Accord knows from GoHighLevel and who are in no audience yet, as many as are asked for. */
export async function prepareColdLeads(bench: Bench, count: number): Promise<ColdLeads> {
  const people = Array.from({ length: count }, (_, index) => person(100_000 + used + index));
  used += count;
  const ids = await seedPeople(bench.stack.sandboxes.gohighlevel, people);
  await runFullPass(bench.temporal, 'gohighlevel');
  const queue = people.map((each, index) => ({ ...each, id: ids[index] as string })).values();
  return {
    next() {
      const { value } = queue.next();
      if (!value) throw new Error('Nobody is left to be tagged');
      return value;
    },
  };
}

/** Tags somebody "cold lead" through GoHighLevel's API, as an automation there would. */
export async function tagColdLead({ stack }: Bench, { id }: Candidate): Promise<void> {
  const { url, token } = stack.sandboxes.gohighlevel;
  const headers = { authorization: `Bearer ${token}`, version: '2021-07-28' };
  await callJson(`${url}/contacts/${id}/tags`, { method: 'POST', headers, body: { tags: ['cold lead'] } });
}
