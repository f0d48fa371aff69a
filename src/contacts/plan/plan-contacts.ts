import type { ContactDeps } from '#contacts/contact-deps.ts';
import { listContacts, type StoredContact } from '#db/contacts/contacts.ts';
import { listOpenLinksOfMany, type OpenLink } from '#db/contacts/links.ts';
import { listAskedContacts, listOpenQuestions, type OpenQuestion } from '#db/contacts/matching/open-questions.ts';
import { listRefusals } from '#db/contacts/refused-keys.ts';
import { rulesAgainstDoubles } from '#domain/matching/recognise.ts';
import { type HeldRefusal, type RefusalKey, toReachKeys } from '#domain/refusal.ts';
import { isAskedAt, planTargets, type TargetPlan, toSubject } from './plan-targets.ts';

/** A contact with its records, and the next step of each. */
export interface PlannedContact {
  contact: StoredContact;
  links: OpenLink[];
  targets: TargetPlan[];
}

const pageSize = 500;

/**
 * Plans every contact after an id, page by page, in bounded memory. Reads without locks: a contact that changes meanwhile may be planned
 * on its former state, and a push plans it again.
 */
export async function* planContacts(deps: ContactDeps, after: string | null = null): AsyncGenerator<PlannedContact[]> {
  for (let last = after; ; ) {
    const contacts = await listContacts(deps.db, { after: last, limit: pageSize });
    if (contacts.length > 0) yield await planLoaded(deps, contacts);
    if (contacts.length < pageSize) return;
    last = contacts.at(-1)?.id ?? null;
  }
}

/** Plans contacts that were read before. */
export async function planLoaded(deps: ContactDeps, contacts: readonly StoredContact[]): Promise<PlannedContact[]> {
  const ids = contacts.map(({ id }) => id);
  const [links, refused, questions] = await Promise.all([
    listOpenLinksOfMany(deps.db, ids),
    readRefused(deps, contacts),
    readQuestions(deps, ids),
  ]);
  const linksOf = Map.groupBy(links, ({ contact_id }) => contact_id);
  return contacts.map((contact) => {
    const { id, liveAt } = contact;
    const own = linksOf.get(id) ?? [];
    const subject = toSubject(contact, refused.get(id) ?? []);
    const targets = [...deps.providers.keys()].flatMap((provider) => {
      const isAsked = isAskedAt(id, questions.get(id) ?? [], provider);
      return planTargets(deps, subject, own, { provider, isAsked, isLive: liveAt.includes(provider) });
    });
    return { contact, links: own, targets };
  });
}

/** The keys of each contact that others, or the suppression list, refuse, as `ContactUnit` loads them for one. */
async function readRefused(deps: ContactDeps, contacts: readonly StoredContact[]): Promise<Map<string, HeldRefusal[]>> {
  const keysOf = new Map(contacts.map(({ id, fields }) => [id, toReachKeys(fields, deps.ownAddresses)] as const));
  const refusals = Map.groupBy(await listRefusals(deps.db, [...keysOf.values()]), toText);
  const heldFor = (contactId: string, key: RefusalKey): HeldRefusal[] => {
    const others = (refusals.get(toText(key)) ?? []).filter((refusal) => refusal.contactId !== contactId);
    return others.length === 0 ? [] : [{ ...key, isListed: others.some((other) => other.contactId === null) }];
  };
  return new Map([...keysOf].map(([id, { all }]) => [id, all.flatMap((key) => heldFor(id, key))]));
}

const toText = ({ channel, kind, value }: RefusalKey): string => JSON.stringify([channel, kind, value]);

async function readQuestions(deps: ContactDeps, ids: readonly string[]): Promise<Map<string, OpenQuestion[]>> {
  const asked = await listAskedContacts(deps.db, ids);
  const except = { exceptRules: rulesAgainstDoubles };
  return new Map(await Promise.all(asked.map(async (id) => [id, await listOpenQuestions(deps.db, id, except)] as const)));
}
