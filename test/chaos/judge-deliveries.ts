import { callJson } from '#dev/call-json.ts';
import type { Person } from '#sandbox/core/people.ts';
import type { Known } from './crowd.ts';
import type { Subscriber } from './subscriber.ts';
import type { Trial } from './trial.ts';

interface LeadWebhook {
  id: string;
  type: string;
  sequence: number;
  data: { id: string; email: string; name: string };
}

interface Delivery {
  id: string;
  event_id: string;
  event_type: string;
  state: string;
}

/** Judges what one subscriber received, beside the log of deliveries. Returns what is wrong, in words. */
export async function judgeDeliveries(trial: Trial, subscriber: Subscriber, people: readonly Known[]): Promise<string[]> {
  const { received, forged } = subscriber;
  const deliveries = await listDeliveries(trial, subscriber.endpointId);
  const accepted = new Set(received.filter(({ isAccepted }) => isAccepted).map(({ deliveryId }) => deliveryId));
  const wrong: string[] = [];
  if (forged > 0) wrong.push(`${forged} requests had a wrong signature`);
  for (const { id, state, event_type: type } of deliveries) {
    // An update may give way to a later one of the same lead.
    if (state === 'cancelled' && type === 'lead_update') continue;
    if (state !== 'delivered') wrong.push(`the delivery ${id} of ${type} is ${state}`);
    else if (!accepted.has(id)) wrong.push(`the delivery ${id} of ${type} counts as delivered, and never arrived`);
  }
  wrong.push(...mixed(received, 'deliveryId'), ...mixed(received, 'eventId'));
  return [...wrong, ...judgeLeads(received, people, await readNames(trial))].map((each) => `deliveries: ${each}`);
}

/** An id belongs to one content, at every attempt. */
function mixed(received: Subscriber['received'], key: 'deliveryId' | 'eventId'): string[] {
  const bodies = Map.groupBy(received, (each) => each[key]);
  return [...bodies]
    .filter(([, all]) => all.some(({ body }) => body !== all[0]?.body))
    .map(([id]) => `the ${key} ${id} came with several bodies`);
}

/** Each lead is new once, and the latest event of each person has the values that the vendors show. */
function judgeLeads(received: Subscriber['received'], people: readonly Known[], names: Map<string, string>): string[] {
  const byId = new Map(received.map(({ eventId, body }) => [eventId, JSON.parse(body) as LeadWebhook]));
  const events = [...byId.values()].filter(({ type }) => type === 'new_lead' || type === 'lead_update');
  const byEmail = Map.groupBy(events, ({ data }) => data.email);
  return people.flatMap(({ email, isDouble, deletedAt }) => {
    const own = byEmail.get(email) ?? [];
    if (own.length === 0) return deletedAt === null ? [`nothing was heard of ${email}`] : [];
    const leads = Map.groupBy(own, ({ data }) => data.id);
    const wrong = isDouble || leads.size === 1 ? [] : [`${email} has ${leads.size} leads`];
    for (const [id, all] of leads) {
      const born = all.filter(({ type }) => type === 'new_lead').length;
      if (born !== 1) wrong.push(`the lead ${id} of ${email} was new ${born} times`);
    }
    const last = own.toSorted((one, other) => one.sequence - other.sequence).at(-1)?.data.name;
    if (deletedAt === null && !isDouble && last !== names.get(email))
      wrong.push(`the last event of ${email} has the name ${last}, and gohighlevel ${names.get(email)}`);
    return wrong;
  });
}

async function readNames({ stack }: Trial): Promise<Map<string, string>> {
  const { people } = await callJson<{ people: Person[] }>(`${stack.sandboxes.gohighlevel.control}/people`);
  return new Map(people.map(({ emails, givenName, familyName }) => [String(emails[0]), `${givenName} ${familyName}`]));
}

async function listDeliveries({ call }: Trial, endpointId: string): Promise<Delivery[]> {
  const all: Delivery[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const path = `/api/v1/webhooks/deliveries/?endpoint_id=${endpointId}&limit=200${cursor && `&cursor=${cursor}`}`;
    const page: { data: Delivery[]; next: string | null } = await call('GET', path);
    all.push(...page.data);
    cursor = page.next;
  }
  return all;
}
