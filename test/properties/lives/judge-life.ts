import type { Violation } from '#test/properties/judge.ts';
import type { SentRequest } from '#test/properties/model/model-provider.ts';
import { currentOf, type ModelRecord } from '#test/properties/model/record.ts';
import type { Life } from './life.ts';
import { type Person, phonesIn, recordsOf } from './person.ts';

/** A person's older record is found before a create: a vendor's index lags by seconds. */
const indexLagMs = 30_000;

/** Judges what the vendors receive, at the moment when they receive it. Returns the violations, which it goes on adding to. */
export function watchLife(life: Life): Violation[] {
  const violations: Violation[] = [];
  const { dialer, simulation } = life;
  dialer.onSend = (request) => violations.push(...judgeCall(life, request));
  for (const model of simulation.models) {
    const forward = model.onWrite;
    model.onWrite = (write) => {
      if (write.operation === 'create') violations.push(...judgeCreate(life, model.traits.id, model.live.at(-1)));
      forward(write);
    };
    const send = model.onSend;
    model.onSend = (request) => {
      if (request.operation === 'remove') violations.push(...judgeRemoval(life, model.traits.id, request.externalId));
      send(request);
    };
  }
  return violations;
}

/** I12: no request places a number in a list that nobody may call. */
function judgeCall(life: Life, request: SentRequest): Violation[] {
  if (request.operation === 'remove') return [];
  const { set, addLists } = request.patch;
  const record = life.dialer.live.find(({ externalId }) => externalId === request.externalId);
  const held = record ? currentOf(record).values : {};
  const isPlaced = addLists.length > 0 || (set.phones !== undefined && (held.lists ?? []).length > 0);
  const refused = phonesIn({ phones: set.phones ?? held.phones ?? [] }).filter((phone) => life.isRefused(phone));
  return isPlaced && refused.length > 0
    ? [{ invariant: 'I12', what: `${refused.join()} was put in the dialer by a ${request.operation}, and refuses calls` }]
    : [];
}

/**
 * I3: nobody is created at a vendor that has the person. The vendor's own record of two people whom it merged stays with one of them once
 * an operator has separated them, and the other one is created.
 */
function judgeCreate({ simulation, events }: Life, vendor: string, record: ModelRecord | undefined): Violation[] {
  const model = simulation.models.find(({ traits }) => traits.id === vendor);
  if (!model || !record) return [];
  const now = simulation.clock.ms;
  const people = events.peopleIn(record).filter(({ circle }) => !circle.isSplit);
  return people.flatMap((person) => {
    const others = recordsOf(model, person).filter((each) => each !== record && now - each.createdAt > indexLagMs);
    return others.length === 0 ? [] : [{ invariant: 'I3' as const, what: `${person.name} was created again at ${vendor}` }];
  });
}

/** I10: no record is deleted without a policy, a decision or an erasure that allows it. */
function judgeRemoval({ simulation, events }: Life, vendor: string, externalId: string | null): Violation[] {
  const model = simulation.models.find(({ traits }) => traits.id === vendor);
  const record = model?.live.find((each) => each.externalId === externalId);
  const people = record ? events.peopleIn(record) : [];
  return people
    .filter(({ circle }) => !circle.mayBeDeleted)
    .map(({ name }) => ({
      invariant: 'I10' as const,
      what: `the record of ${name} at ${vendor} was deleted, and nobody allowed it`,
    }));
}

/** Judges the vendors' records, and the links, once everything has settled. */
export async function judgeEnd(life: Life): Promise<Violation[]> {
  const people = life.people.map(async (person) =>
    person.erased === null ? judgePresence(life, person) : judgeErased(life, person, person.erased),
  );
  return [
    ...(await Promise.all(people)).flat(),
    ...judgeLists(life),
    ...(await judgeLinks(life)),
    ...(await judgeRequests(life)),
  ];
}

/** I1, I3: a person of whom nobody deleted or merged anything is once at each vendor, with equal values. */
function judgePresence(life: Life, person: Person): Violation[] {
  const { name, circle, phone, isLead } = person;
  if (!circle.isPlain) return [];
  const violations: Violation[] = [];
  const counts = life.members.map((model) => recordsOf(model, person).length);
  for (const count of counts.filter((each) => each !== 1))
    violations.push({ invariant: count === 0 ? 'I1' : 'I3', what: `${name} has ${count} records at a member` });
  const notes = life.members.map((model) => recordsOf(model, person).map((record) => currentOf(record).values.note ?? null));
  if (new Set(notes.flat()).size > 1) violations.push({ invariant: 'I1', what: `the notes of ${name} differ: ${notes.join()}` });
  const dialled = recordsOf(life.dialer, person).filter((record) => (currentOf(record).values.lists ?? []).length > 0);
  const wanted = isLead && !life.isRefused(phone) && person.refusedAt === null ? 1 : 0;
  if (dialled.length !== wanted)
    violations.push({ invariant: 'I1', what: `${name} is in the dialer's lists ${dialled.length} times instead of ${wanted}` });
  return violations;
}

/** I4: of an erased person there is nothing but records that people entered, and that Accord did not know. */
async function judgeErased(life: Life, person: Person, known: ReadonlySet<string>): Promise<Violation[]> {
  const left = life.simulation.models.flatMap((model) =>
    recordsOf(model, person)
      .filter(({ reference, externalId }) => reference !== null || known.has(`${model.traits.id}/${externalId}`))
      .map(() => `${model.traits.id} has a record of ${person.name}`),
  );
  const contactId = await life.contactIdOf(person);
  return [...left, ...(contactId === null ? [] : [`contact ${contactId} has the email of ${person.name}`])].map((what) => ({
    invariant: 'I4',
    what,
  }));
}

/** I12: every refusal has reached its contact, and no number that refuses calls is in a list. */
function judgeLists(life: Life): Violation[] {
  const dialled = life.dialer.live.filter((record) => (currentOf(record).values.lists ?? []).length > 0);
  const refused = dialled.flatMap((record) => phonesIn(currentOf(record).values)).filter((phone) => life.isRefused(phone));
  const unheard = life.people.filter(
    ({ refusedAt, erased, phone }) => erased === null && refusedAt?.record.isDeleted === false && !life.isKeptOut(phone),
  );
  return [
    ...refused.map((phone) => ({ invariant: 'I12' as const, what: `${phone} is in a list of the dialer, and refuses calls` })),
    ...unheard.map(({ name }) => ({ invariant: 'I12' as const, what: `the refusal of ${name} has not arrived` })),
  ];
}

/** I1: every record belongs to a contact, but those of erased people, and of others with a phone number of theirs. */
async function judgeLinks(life: Life): Promise<Violation[]> {
  const { simulation, events } = life;
  const violations: Violation[] = [];
  for (const { live, traits, accountId } of simulation.models) {
    const known = live.filter((record) => !events.peopleIn(record).some(({ phone }) => life.isKeptOut(phone)));
    const rows = await simulation.db
      .selectFrom('link')
      .innerJoin('contact', 'contact.id', 'link.contact_id')
      .select('link.external_id')
      .where('link.provider', '=', traits.id)
      .where('link.account_id', '=', accountId)
      .where('link.state', '=', 'linked')
      .where('contact.merged_into', 'is', null)
      .where('contact.revision', '>', 0)
      .execute();
    const linked = rows.map(({ external_id: id }) => id);
    for (const record of known.filter(({ externalId }) => !linked.includes(externalId)))
      violations.push({
        invariant: 'I1',
        what: `a record of ${events.peopleIn(record)[0]?.name} at ${traits.id} has no contact`,
      });
  }
  return violations;
}

/** I10: nobody is asked to delete records of a person whose lost record is back. */
async function judgeRequests({ simulation }: Life): Promise<Violation[]> {
  const vendors = simulation.models.map(({ traits }) => traits.id);
  const needless = await simulation.db
    .selectFrom('delete_request as request')
    .innerJoin('link as concerned', 'concerned.id', 'request.link_id')
    .innerJoin('link as back', 'back.contact_id', 'concerned.contact_id')
    .whereRef('back.provider', '=', 'request.source')
    .where('back.state', '=', 'linked')
    .where('request.provider', 'in', vendors)
    .where('request.state', 'in', ['open', 'approved', 'archived'])
    .select(['request.source', 'request.provider', 'request.state'])
    .execute();
  return needless.map(({ source, provider, state }) => ({
    ...{ invariant: 'I10', what: `a deletion at ${provider} is ${state}, and ${source} has the person again` },
  }));
}
