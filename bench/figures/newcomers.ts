import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Figure, Row } from '#bench/measure/figure.ts';
import type { Bench } from '#bench/setup/bench.ts';
import { makeNewcomers } from '#bench/setup/many-people.ts';
import { seedPeople } from '#bench/setup/people.ts';
import { type Database, openDatabase } from '#db/database.ts';
import { callJson } from '#dev/call-json.ts';
import { waitUntil } from '#dev/wait-until.ts';

/** Every tenth newcomer belongs in the dialer. */
const leadEvery = 10;

/** Very many new people at once, each reported by a webhook: every one becomes one contact, and every lead one record in the dialer. */
export async function newcomers(bench: Bench): Promise<Figure> {
  const count = bench.quick ? 1_000 : 10_000;
  const drawn = await makeNewcomers(await bench.createDatabase('bench_crowd'), count);
  // No household: its members would share a number.
  const people = drawn.map(({ givenName, familyName, emails = [] }, index) => ({
    ...{ givenName, familyName, email: emails[0]?.address, phone: `+1281${3_120_000 + index}` },
    tags: index % leadEvery === 0 ? ['cold lead'] : ['newsletter'],
  }));
  const db = openDatabase({ url: bench.stack.database, poolSize: 1 });
  try {
    const before = await readState(bench, db);
    const startedAt = performance.now();
    await seedPeople(bench.stack.sandboxes.gohighlevel, people, { webhooks: true });
    await waitUntil('every newcomer to be in step', () => assertInStep(db, before.records + count), {
      timeoutMs: 30 * 60_000,
      everyMs: 500,
    });
    const seconds = (performance.now() - startedAt) / 1_000;
    const after = await readState(bench, db);
    const grown = (name: keyof State) => after[name] - before[name];
    const exactly = (label: string, name: keyof State, expected: number): Row[] => [
      { label: `${label}: too few`, ours: Math.max(0, expected - grown(name)), unit: '', goal: { max: 0 } },
      { label: `${label}: too many`, ours: Math.max(0, grown(name) - expected), unit: '', goal: { max: 0 } },
    ];
    return {
      title: `${count.toLocaleString('en')} new people at once`,
      rows: [
        { label: 'in step', ours: count / seconds, unit: '/s' },
        ...exactly('contacts', 'contacts', count),
        ...exactly('records in the dialer', 'dialer', Math.ceil(count / leadEvery)),
        { label: 'activities that failed', ours: grown('failed'), unit: '', goal: { max: 0 } },
      ],
      notes: [`${grown('questions')} questions about two of them that may be one person`],
    };
  } finally {
    await db.destroy();
  }
}

interface State {
  /** Records of GoHighLevel that Accord has read. */
  records: number;
  contacts: number;
  questions: number;
  /** People in the dialer itself. */
  dialer: number;
  /** Attempts of activities that the worker's log reports. */
  failed: number;
}

async function readState(bench: Bench, db: Database): Promise<State> {
  const { rows } = await sql<Pick<State, 'records' | 'contacts' | 'questions'>>`
    select (select count(*)::int from link where provider = 'gohighlevel' and shadow is not null) as records,
      (select count(*)::int from contact where merged_into is null) as contacts,
      (select count(*)::int from match_candidate where state = 'open') as questions`.execute(db);
  const { people } = await callJson<{ people: unknown[] }>(`${bench.stack.sandboxes.calltools.control}/people`, {});
  const log = await readFile(join(bench.logs, 'worker.log'), 'utf8');
  const failed = log.split('\n').filter((line) => line.includes('Activity failed')).length;
  const [stored = { records: 0, contacts: 0, questions: 0 }] = rows;
  return { ...stored, dialer: people.length, failed };
}

/** Throws while a record has not been read, or a contact is not in step. */
async function assertInStep(db: Database, records: number): Promise<void> {
  const { rows } = await sql<{ read: number; pending: number }>`
    select (select count(*)::int from link where provider = 'gohighlevel' and shadow is not null) as read,
      (select count(*)::int from contact where sync_status = 'pending' and merged_into is null)
        + (select count(*)::int from link where changed_at is not null) as pending`.execute(db);
  const [{ read, pending } = { read: 0, pending: 1 }] = rows;
  if (read < records || pending > 0) throw new Error(`${read} of ${records} were read, and ${pending} wait`);
}
