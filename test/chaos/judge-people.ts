import type { LoggedRequest } from '#bench/setup/request-log.ts';
import { callJson } from '#dev/call-json.ts';
import type { SandboxAccounts } from '#dev/stack/sandboxes.ts';
import type { Person } from '#sandbox/core/people.ts';
import { judgeText } from '#test/properties/judge.ts';
import type { Known } from './crowd.ts';
import { members } from './schedule.ts';
import type { Trial } from './trial.ts';
import type { Vendor } from './vendor-faults.ts';

/** What a vendor holds, with the tags of those that have tags. */
type Held = Person & { tags: string[] };
type World = Record<Vendor, Map<string, Held[]>>;

/** Judges the vendors' records. Returns what differs from what people did, in words. */
export async function judgePeople(trial: Trial, people: readonly Known[]): Promise<string[]> {
  const world = await readWorld(trial.stack.sandboxes);
  await markRaced(trial, world, people);
  const known = new Set(people.map(({ email }) => email));
  const strangers = Object.entries(world).flatMap(([vendor, held]) =>
    [...held.keys()].filter((email) => !known.has(email)).map((email) => `${vendor} has ${email || 'somebody without email'}`),
  );
  const differences = await Promise.all(people.map(async (person) => judgePerson(trial, world, person)));
  return [...strangers, ...differences.flat()];
}

async function judgePerson(trial: Trial, world: World, person: Known): Promise<string[]> {
  const records = (vendor: Vendor) => world[vendor].get(person.email) ?? [];
  const differences =
    person.deletedAt === null
      ? [...judgePresence(person, records), ...judgeDialer(person, records('calltools')), ...judgeValues(person, records)]
      : [...members, 'calltools' as const].flatMap((vendor) =>
          records(vendor).length > 0 ? [`was deleted at ${person.deletedAt}, and ${vendor} has a record`] : [],
        );
  if (person.deletedAt === null) differences.push(...(await judgeEdits(trial, person, records)));
  return differences.map((each) => `${person.email}: ${each}`);
}

type Records = (vendor: Vendor) => Held[];

function judgePresence(_person: Known, records: Records): string[] {
  return members.flatMap((vendor) => {
    const { length } = records(vendor);
    return length === 1 ? [] : [`${vendor} has ${length} records`];
  });
}

/** By the rules of accord.yaml, told again in the words of this test. */
function judgeDialer({ tags, refusesCalls }: Known, found: Held[]): string[] {
  const isCold = tags.has('cold lead') && !tags.has('customer') && !refusesCalls;
  const isActive = tags.has('active client') && !refusesCalls;
  const wanted = isCold ? 'Cold Leads' : isActive ? 'Active clients' : null;
  const lists = found.map((each) => each.lists ?? []);
  const differences: string[] = [];
  if (found.length > 1) differences.push(`calltools has ${found.length} records`);
  if (lists.flat().join() !== (wanted ?? '')) differences.push(`is in the lists ${JSON.stringify(lists)}, not in ${wanted}`);
  for (const { doNotCall } of found)
    if (doNotCall !== refusesCalls) differences.push(`calltools: the refusal is ${doNotCall}, not ${refusesCalls}`);
  return differences;
}

function judgeValues({ phone, familyName, tags, labels, refusesCalls }: Known, records: Records): string[] {
  const differences: string[] = [];
  for (const vendor of [...members, 'calltools'] as const)
    for (const held of records(vendor)) {
      if (held.familyName !== familyName) differences.push(`${vendor}: the family name is ${held.familyName}`);
      if (held.phones.join() !== phone) differences.push(`${vendor}: the phones are ${held.phones.join()}`);
    }
  for (const { tags: held, doNotCall } of records('gohighlevel')) {
    for (const tag of [...tags, ...labels]) if (!held.includes(tag)) differences.push(`gohighlevel lacks the tag ${tag}`);
    if (doNotCall !== refusesCalls) differences.push(`gohighlevel: the refusal is ${doNotCall}, not ${refusesCalls}`);
  }
  return differences;
}

/** All agree on a value that somebody wrote and nobody replaced knowingly, and the history has what lost a conflict. */
async function judgeEdits({ ask }: Trial, person: Known, records: Records): Promise<string[]> {
  const differences: string[] = [];
  const isDialled = records('calltools').some(({ lists = [] }) => lists.length > 0);
  for (const field of ['givenName', 'note'] as const) {
    // A record of the dialer that is in no list any more is not kept up to date.
    const named = isDialled ? ([...members, 'calltools'] as const) : members;
    const holders = field === 'note' ? (['square', 'google'] as const) : named;
    const shown = holders.flatMap((vendor) => records(vendor).map((held) => [vendor, held[field] ?? null] as const));
    const [first] = shown;
    if (!first) continue;
    if (shown.some(([, value]) => value !== first[1])) {
      differences.push(`${field} differs: ${shown.map((each) => each.join(' ')).join(', ')}`);
      continue;
    }
    const edits = person.edits.filter((edit) => edit.field === field);
    if (edits.length === 0 && first[1] === null) continue;
    if (!edits.some(({ value }) => value === first[1])) differences.push(`${field} is ${first[1]}, which nobody wrote`);
    const history = edits.length > 1 ? await readHistory(ask, person.email, field) : [];
    differences.push(...judgeText(edits, field, first[1], history).map(({ what }) => what));
  }
  return differences;
}

interface Entry {
  field: string | null;
  before: unknown;
  losing: unknown;
}

async function readHistory(ask: Trial['ask'], email: string, field: string): Promise<Entry[]> {
  const { contacts } = await ask<{ contacts: { id: string }[] }>('GET', `/api/v1/contacts?q=${encodeURIComponent(email)}`);
  const pages = contacts.map(({ id }) =>
    ask<{ entries: Entry[] }>('GET', `/api/v1/contacts/${id}/history?field=${field}&limit=200`),
  );
  return (await Promise.all(pages)).flatMap(({ entries }) => entries);
}

async function readWorld(accounts: SandboxAccounts): Promise<World> {
  const vendors = Object.entries(accounts) as [Vendor, { control: string }][];
  const world = vendors.map(async ([vendor, { control }]) => {
    const [{ people }, tags] = await Promise.all([
      callJson<{ people: Person[] }>(`${control}/people`),
      readTags(vendor, control),
    ]);
    const held = people.map((person) => ({ ...person, tags: tags.get(person.id) ?? [] }));
    return [vendor, Map.groupBy(held, ({ emails }) => emails[0] ?? '')] as const;
  });
  return Object.fromEntries(await Promise.all(world)) as World;
}

/** Vendors whose writes have no precondition. */
const blind = ['gohighlevel', 'calltools'] as const;
/** Longer than from a read to the write that follows it, where the log does not show the read. */
const blindMs = 1_000;

/** From the read that each write to a record was planned with, until the write ended. `requests` are those to the record, oldest first. */
function listBlindTimes(requests: readonly LoggedRequest[]): { from: number; until: number }[] {
  return requests.flatMap(({ method, at, ms }, index) => {
    if (method !== 'PUT') return [];
    const read = requests.slice(0, index).findLast((request) => request.method === 'GET');
    const startedAt = Date.parse(at);
    return [{ from: Math.min(startedAt - blindMs, Date.parse(read?.at ?? at)), until: startedAt + ms }];
  });
}

/** Marks the edits that were made just before a write of Accord ended: these vendors cannot refuse a write that was planned without them. */
async function markRaced({ stack }: Trial, world: World, people: readonly Known[]): Promise<void> {
  for (const vendor of blind) {
    const { requests } = await callJson<{ requests: LoggedRequest[] }>(
      `${stack.sandboxes[vendor].control}/requests?after=0&limit=200000`,
    );
    const byRecord = Map.groupBy(requests, ({ path }) => path.split('/').filter(Boolean).at(-1));
    for (const { email, edits } of people) {
      const blindTimes = (world[vendor].get(email) ?? []).flatMap(({ id }) => listBlindTimes(byRecord.get(String(id)) ?? []));
      for (const edit of edits.filter(({ provider }) => provider === vendor))
        edit.raced = blindTimes.some(({ from, until }) => edit.at >= from && edit.at <= until);
    }
  }
}

/** By the id of the record. */
async function readTags(vendor: Vendor, control: string): Promise<Map<string, string[]>> {
  if (vendor === 'square' || vendor === 'google') return new Map();
  interface Records {
    contacts: { id: string | number; tags: (string | number)[] }[];
    tags?: Record<string, number>;
  }
  const { contacts, tags: ids = {} } = await callJson<Records>(`${control}/records?limit=100000`);
  const names = new Map(Object.entries(ids).map(([name, id]) => [id, name]));
  const nameOf = (tag: string | number) => (typeof tag === 'number' ? (names.get(tag) ?? '') : tag).toLowerCase();
  return new Map(contacts.map(({ id, tags }) => [String(id), tags.map(nameOf)]));
}
