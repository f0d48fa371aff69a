import { setInterval } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { PersonEdit } from '#sandbox/core/people.ts';
import { control } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { type Member, members } from '#test/setup/hub.ts';
import { nextFamilyName, nextPhone } from '#test/setup/people.ts';
import type { Receiver } from '#test/setup/receiver.ts';
import type { Installation } from './installation.ts';

/** A person whom the load edits at one member only, so that the last edit is what everybody must have. */
export interface LoadedPerson {
  email: string;
  home: Member;
  /** The record's id at `home`; null for somebody who came by the form. */
  id: string | null;
  givenName: string;
  familyName: string;
  isLead: boolean;
}

export interface Load {
  people: LoadedPerson[];
  /** The edits and submissions so far. */
  steps(): number;
  /** Ends the load, after the requests under way. */
  stop(): Promise<void>;
}

const givenNames = ['Ada', 'Augusta', 'Annabella', 'Grace', 'Mary', 'Edith', 'Hedy', 'Joan', 'Katherine', 'Dorothy'];

/** Creates people at each of the members, every second of GoHighLevel's a lead for the dialer. */
export async function createPeople(installation: Installation, count: number): Promise<LoadedPerson[]> {
  const people: LoadedPerson[] = [];
  for (let index = 0; index < count; index += 1) people.push(await createPerson(installation, index));
  return people;
}

async function createPerson({ sandboxes }: Installation, index: number): Promise<LoadedPerson> {
  const home = members[index % members.length] as Member;
  const phone = nextPhone();
  const isLead = home === 'gohighlevel' && index % 2 === 0;
  const person = {
    ...{ email: `person.${phone.slice(-6)}@example.com`, givenName: 'Ada', familyName: nextFamilyName(), phone },
    ...(isLead && { tags: ['cold lead'] }),
  };
  const { email, givenName, familyName } = person;
  return { email, home, id: await save(sandboxes[home], person), givenName, familyName, isLead };
}

async function save(sandbox: { controlUrl: string }, edit: PersonEdit): Promise<string> {
  const { ids } = await control<{ ids: string[] }>(sandbox, 'POST', 'people', { people: [edit] });
  return String(ids[0]);
}

/**
 * Live edits at all members, new people, and submissions of the form, up to 15 a second in all, until it is stopped. Each form is
 * submitted until it is accepted, as a visitor presses the button again.
 */
export function startLoad(installation: Installation, known: readonly LoadedPerson[]): Load {
  const people = [...known];
  const stopping = new AbortController();
  let steps = 0;
  const repeat = async (everyMs: number, step: (turn: number) => Promise<void>) => {
    for (let turn = 0; !stopping.signal.aborted; await next(everyMs, stopping.signal)) {
      // A database that does not answer in time is busy, too.
      if (await isBehind(installation).catch(() => true)) continue;
      await step(turn);
      turn += 1;
      steps += 1;
    }
  };
  const running = Promise.all([
    repeat(100, async (turn) => {
      const person = people[turn % people.length] as LoadedPerson;
      if (person.id === null) return;
      const givenName = givenNames[(turn + Math.floor(turn / people.length)) % givenNames.length] as string;
      await save(installation.sandboxes[person.home], { id: person.id, givenName });
      person.givenName = givenName;
    }),
    repeat(1_000, async (turn) => void people.push(await createPerson(installation, turn))),
    repeat(500, async () => void people.push(await submitForm(installation.edge.url))),
  ]);
  return {
    people,
    steps: () => steps,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** Says what was counted, for whoever runs the trial. */
export function report({ people, steps }: Load, { received }: Receiver): void {
  const deliveries = new Set(received.map(({ deliveryId }) => deliveryId)).size;
  const counts = [`${people.length} people`, `${steps()} edits and forms`, `${deliveries} deliveries`];
  process.stderr.write(`${counts.join(', ')}, of which ${received.length - deliveries} were repeated\n`);
}

/** Vendors and visitors wait for nobody, but a machine that is busy otherwise would spend the trial on a backlog. */
async function isBehind({ db }: Installation): Promise<boolean> {
  const unread = await db.selectFrom('link').select('id').where('changed_at', 'is not', null).limit(maxWaiting).execute();
  if (unread.length === maxWaiting) return true;
  const living = db.selectFrom('contact').select('id').where('merged_into', 'is', null).where('deleted_at', 'is', null);
  const pending = await living.where('sync_status', '=', 'pending').limit(maxWaiting).execute();
  return pending.length === maxWaiting;
}

/** More than the killed processes have under way, which goes on after half a minute. */
const maxWaiting = 60;

async function next(everyMs: number, signal: AbortSignal): Promise<void> {
  try {
    for await (const _ of setInterval(everyMs, undefined, { signal })) return;
  } catch {
    // Stopped.
  }
}

/** Submits the form until it is accepted. */
export async function submitForm(origin: string): Promise<LoadedPerson> {
  const phone = nextPhone();
  const [givenName, familyName, email] = ['Emmy', nextFamilyName(), `visitor.${phone.slice(-6)}@example.com`];
  const headers = { origin, 'content-type': 'application/json', 'idempotency-key': email };
  const body = JSON.stringify({ name: `${givenName} ${familyName}`, email, phone, message: 'Please call.' });
  await eventually(async () => {
    const { ok, status } = await fetch(`${origin}/webforms/contact`, { method: 'POST', headers, body });
    if (!ok) throw new Error(`The form was answered with ${status}`);
  });
  return { email, home: 'gohighlevel', id: null, givenName, familyName, isLead: false };
}

/** Waits until the load has made this many further steps, and a subscriber has received further events. */
export async function untilFurther(load: Load, receiver: Receiver, steps: number): Promise<void> {
  const wanted = load.steps() + steps;
  const heard = receiver.received.length;
  await eventually(() => expect(load.steps()).toBeGreaterThanOrEqual(wanted), 600_000);
  await eventually(() => expect(receiver.received.length).toBeGreaterThan(heard), 600_000);
}
