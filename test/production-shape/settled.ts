import { expect } from '@jest/globals';
import { control, dialerContacts } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { members, type Person } from '#test/setup/hub.ts';
import { reconcileNow } from '#test/setup/passes.ts';
import type { Receiver } from '#test/setup/receiver.ts';
import { taskQueues } from '#workflows/task-queues.ts';
import type { Installation } from './installation.ts';
import type { LoadedPerson } from './load.ts';

/** A killed worker's activities start again after 30 seconds, Google is polled every minute, and CallTools every five. */
const settleMs = 600_000;

/**
 * Waits until every person is at every member exactly once with the last values, leads are in the dialer exactly once, and everything
 * was delivered. Then full passes over all vendors find nothing to do. Judged at the vendors and at the subscriber, not by Accord's store.
 */
export async function expectSettled(installation: Installation, people: readonly LoadedPerson[]): Promise<void> {
  await eventually(async () => expect(await listWrong(installation, people)).toEqual([]), settleMs);
  await untilQuiet(installation);
  for (const provider of [...members, 'calltools']) await reconcileNow(installation, provider);
  await untilQuiet(installation);
  expect(await listWrong(installation, people)).toEqual([]);
  expect(await listDoubles(installation, people)).toEqual([]);
  await expectNoFailedWorkflow(installation);
}

interface Fault {
  email: string;
  at: string;
  is: unknown;
}

export async function listWrong(
  { sandboxes }: Pick<Installation, 'sandboxes'>,
  people: readonly LoadedPerson[],
): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const member of members) {
    const found = Map.groupBy(await peopleOf(sandboxes[member]), ({ emails }) => emails[0]);
    for (const { email, givenName, familyName } of people) {
      const names = (found.get(email) ?? []).map((each) => `${each.givenName} ${each.familyName}`);
      if (names.length !== 1 || names[0] !== `${givenName} ${familyName}`) faults.push({ email, at: member, is: names });
    }
  }
  const dialer = Map.groupBy(await dialerContacts(sandboxes), ({ personal_email_address }) => String(personal_email_address));
  for (const { email, isLead } of people) {
    const buckets = (dialer.get(email) ?? []).map(({ bucketNames }) => bucketNames);
    const wanted = isLead ? [['Cold Leads']] : [];
    if (JSON.stringify(buckets) !== JSON.stringify(wanted)) faults.push({ email, at: 'calltools', is: buckets });
  }
  return faults;
}

/** Nobody may be at a vendor whom neither the load nor a person created. */
async function listDoubles({ sandboxes }: Installation, people: readonly LoadedPerson[]): Promise<unknown[]> {
  const known = new Set(people.map(({ email }) => email));
  const counts = await Promise.all(members.map(async (member) => [member, await peopleOf(sandboxes[member])] as const));
  return counts.flatMap(([member, all]) =>
    all.filter(({ emails }) => !known.has(String(emails[0]))).map((each) => [member, each]),
  );
}

async function peopleOf(sandbox: { controlUrl: string }): Promise<Person[]> {
  return (await control<{ people: Person[] }>(sandbox, 'GET', 'people')).people;
}

/** Waits until no record waits for a read, no contact for a push, and no delivery is due. */
export async function untilQuiet({ db }: Installation): Promise<void> {
  await eventually(async () => {
    const dirty = await db.selectFrom('link').select('id').where('changed_at', 'is not', null).execute();
    const open = await db
      .selectFrom('contact')
      .select(['id', 'sync_status'])
      .where('sync_status', 'not in', ['synced', 'not_eligible', 'waiting'])
      .where('deleted_at', 'is', null)
      .where('merged_into', 'is', null)
      .execute();
    const due = await db.selectFrom('webhook_delivery').select('id').where('state', 'not in', ['delivered', 'dead']).execute();
    expect({ dirty, open, due: due.length }).toEqual({ dirty: [], open: [], due: 0 });
  }, settleMs);
}

async function expectNoFailedWorkflow({ temporal, taskQueuePrefix }: Installation): Promise<void> {
  const { main } = taskQueues(taskQueuePrefix);
  const failed: string[] = [];
  for await (const { type, workflowId } of temporal.workflow.list({
    query: `TaskQueue = "${main}" AND ExecutionStatus IN ("Failed", "Terminated", "TimedOut")`,
  }))
    failed.push(`${type} ${workflowId}`);
  expect(failed).toEqual([]);
}

/**
 * Each subscriber learned of each person by exactly one `new_lead`, unless it subscribed later, and its latest event has the last values. Repeated deliveries have
 * one delivery id and one body, and each delivered one has an answer of the subscriber and a receipt in the log.
 */
export async function expectDelivered(
  { db }: Installation,
  { received }: Pick<Receiver, 'received'>,
  people: readonly LoadedPerson[],
  { endpoints, isFromTheStart = true }: { endpoints: number; isFromTheStart?: boolean },
): Promise<void> {
  const deliveries = await db.selectFrom('webhook_delivery').select(['id', 'state']).execute();
  expect(deliveries.filter(({ state }) => state !== 'delivered')).toEqual([]);
  const bodies = Map.groupBy(received, ({ deliveryId }) => deliveryId);
  expect(deliveries.filter(({ id }) => !bodies.has(id))).toEqual([]);
  expect(new Set(bodies.keys())).toEqual(new Set(deliveries.map(({ id }) => id)));
  const isMixed = (all: typeof received) => all.some(({ body }) => !body.equals(all[0]?.body ?? Buffer.alloc(0)));
  expect([...bodies].filter(([, all]) => isMixed(all)).map(([id]) => id)).toEqual([]);
  const receipts = await db.selectFrom('webhook_attempt').select('delivery_id').where('status', '=', 200).execute();
  const receipted = new Set(receipts.map(({ delivery_id }) => delivery_id));
  expect(deliveries.filter(({ id }) => !receipted.has(id))).toEqual([]);

  const events = [...bodies.values()].map(([first]) => JSON.parse(String(first?.body)) as LeadWebhook);
  const byEmail = Map.groupBy(events, ({ data }) => data.email);
  const wrong = people.flatMap(({ email, givenName, familyName }) => {
    const own = byEmail.get(email) ?? [];
    const born = own.filter(({ type }) => type === 'new_lead').length;
    const last = own.toSorted((one, other) => one.sequence - other.sequence).at(-1)?.data;
    if (own.length === 0 && !isFromTheStart) return [];
    const isBorn = isFromTheStart ? born === endpoints : born <= endpoints;
    const isRight = isBorn && last?.name === `${givenName} ${familyName}`;
    return isRight ? [] : [{ email, born, last, wanted: { givenName, familyName } }];
  });
  expect(wrong).toEqual([]);
}

interface LeadWebhook {
  type: string;
  sequence: number;
  data: { email: string; name: string };
}
