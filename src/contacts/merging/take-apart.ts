import { type ContactDeps, roleOf } from '#contacts/contact-deps.ts';
import type { ContactTransaction } from '#contacts/contact-transaction.ts';
import type { ContactUnit } from '#contacts/contact-unit.ts';
import { openUnit } from '#contacts/open-unit.ts';
import { insertContact, releaseMerged, type StoredContact } from '#db/contacts/contacts.ts';
import { listPushedLinks, listRecordChanges, moveRecordHistory, type RecordChange } from '#db/contacts/history.ts';
import { isLive, type Link, listLinks, saveLink } from '#db/contacts/links.ts';
import { type ContactMerge, listMerges, markUndone, saveSnapshots } from '#db/contacts/matching/contact-merges.ts';
import { decidePair } from '#db/contacts/matching/decided-pairs.ts';
import { dropRefusedKeys, refuseKeys } from '#db/contacts/refused-keys.ts';
import type { ContactSnapshot } from '#db/contacts/tables.ts';
import type { Database } from '#db/database.ts';
import { moveNotes } from '#db/sync/submission-notes.ts';
import { emptyFields, isFieldName, listFields, pickFields } from '#domain/contact.ts';
import { isBlank, sameValue } from '#domain/equality.ts';
import { type RecordEdit, splitValues, type Values, withoutMerge } from '#domain/merge/split.ts';
import { shapeNames } from '#domain/name-parts.ts';

/** A part of a contact that becomes a contact of its own. */
interface Part {
  /** The contact that the part was before; null for a new one. */
  otherId: string | null;
  links: Link[];
  stays: Values;
  leaves: Values;
  isCustomer: { stays: boolean; leaves: boolean };
  isDeleted: { stays: boolean; leaves: boolean };
  /** Of the contact and of the part before they were merged, and after that. */
  refused: Record<'stays' | 'leaves' | 'merged', ContactSnapshot['refused']>;
  absorbed: readonly string[];
  /** Only unproven form submissions had named the keys of the part. */
  isUnproven: boolean;
  /** Refusals that were pushed after this entry came from the merge. */
  lastHistoryId: string;
}

/** A contact that a part of another one became. */
export interface TakenOut {
  contactId: string;
  /** A person has to lift them at the provider. */
  refusalsLeft: LeftRefusal[];
}

/** A refusal that only a wrong merge wrote to a record. */
export interface LeftRefusal {
  contactId: string;
  linkId: string;
  provider: string;
  externalId: string | null;
  channels: ('call' | 'sms' | 'email')[];
}

interface Request {
  contact: StoredContact;
  /** `accord` or `api-key:<name>`. */
  actor: string;
}

/** Undoes one merge of a locked contact. */
export async function undoOne(transaction: ContactTransaction, merge: ContactMerge, request: Request): Promise<TakenOut> {
  const { tx, deps } = transaction;
  const { contact, actor } = request;
  const own = new Set(merge.links.map(({ id }) => id));
  const all = await listLinks(tx, contact.id);
  const links = all.filter(({ id }) => own.has(id));
  const edits = await listEdits(tx, { contactId: contact.id, links: all, leaving: own, after: merge.last_history_id });
  const standing = (await listMerges(tx, contact.id, { standing: true })).filter(({ id }) => id > merge.id);
  const { survivor_before: survivor, other_before: other, survivor_after: merged } = merge;
  const above = listAbove(merge, standing);
  const later = standing.map((each): Values => (above.get(each.id) === 'other' ? each.survivor_before : each.other_before));
  const values = splitValues({ survivor, other, merged, now: contact, ...edits, later });
  // Decisions about the merged contact since then are about the contact that stays.
  const threeWay = (was: boolean, became: boolean, now: boolean) => (now === became ? was : now);
  const taken = await takeOut(transaction, request, {
    ...{ otherId: merge.other_id, links, ...values, absorbed: merge.absorbed },
    isCustomer: {
      stays: threeWay(survivor.isCustomer, merged.isCustomer, contact.isCustomer),
      leaves: other.isCustomer,
    },
    isDeleted: { stays: threeWay(survivor.isDeleted, merged.isDeleted, contact.isDeleted), leaves: other.isDeleted },
    refused: { stays: survivor.refused, leaves: other.refused, merged: merged.refused },
    isUnproven: other.keys.length > 0 && other.keys.every(({ isProven }) => !isProven),
    lastHistoryId: merge.last_history_id,
  });
  await markUndone(tx, merge.id, { by: actor, at: deps.now() });
  await correctLater(transaction, merge, { standing, above });
  return taken;
}

/**
 * Takes out records that no stored merge brought in. They get the values that they hold, and their own edits are taken back from the
 * contact, as far as no other record has the same value.
 */
export async function takeOutRecords(
  transaction: ContactTransaction,
  linkIds: readonly string[],
  request: Request,
): Promise<TakenOut> {
  const { tx } = transaction;
  const { contact } = request;
  const all = await listLinks(tx, contact.id);
  const links = all.filter(({ id }) => linkIds.includes(id));
  const edits = await listEdits(tx, { contactId: contact.id, links: all, leaving: new Set(linkIds), after: '0' });
  const standing = await listMerges(tx, contact.id, { standing: true });
  const others = all.filter(({ id, origin }) => !linkIds.includes(id) && origin === 'provider');
  const later = [...standing.map((each): Values => each.other_before), ...others.map(toValues)];
  const { stays } = splitValues({
    survivor: contact,
    other: contact,
    merged: contact,
    now: contact,
    ...edits,
    later,
  });
  const held = links.filter(isLive).map(toValues);
  const leaves = held.reduce(fillBlanks, { fields: emptyFields, provenance: {} });
  return takeOut(transaction, request, {
    ...{ otherId: null, links, stays, leaves, absorbed: [] },
    isCustomer: { stays: contact.isCustomer, leaves: false },
    isDeleted: { stays: contact.isDeleted, leaves: false },
    ...{ refused: { stays: [], leaves: [], merged: [] }, isUnproven: false, lastHistoryId: '0' },
  });
}

async function takeOut(transaction: ContactTransaction, { contact, actor }: Request, part: Part): Promise<TakenOut> {
  const { tx, deps } = transaction;
  const { links, stays, leaves, refused } = part;
  const stayingId = contact.id;
  const leavingId = part.otherId ?? (await insertContact(tx));
  await releaseMerged(tx, { id: leavingId, survivorId: stayingId, absorbed: part.absorbed });
  for (const link of links) await saveLink(tx, link.id, { contact_id: leavingId });
  const linkIds = links.map(({ id }) => id);
  const pushed = await listPushedLinks(tx, { contactId: stayingId, field: 'doNotContact', after: part.lastHistoryId });
  await moveRecordHistory(tx, { linkIds, from: stayingId, to: leavingId });
  await moveNotes(tx, submissionsOf(links), leavingId);
  const kept = new Set(refused.stays.map(({ channel, kind, value }) => `${channel}/${kind}/${value}`));
  await dropRefusedKeys(
    tx,
    stayingId,
    [...refused.leaves, ...refused.merged].filter(({ channel, kind, value }) => !kept.has(`${channel}/${kind}/${value}`)),
  );
  const { doNotContact } = leaves.fields;
  await refuseKeys(
    tx,
    leavingId,
    refused.leaves.filter(({ channel }) => doNotContact[channel]),
  );

  const sides = [
    { id: leavingId, from: stayingId, values: leaves, side: 'leaves' },
    { id: stayingId, from: leavingId, values: stays, side: 'stays' },
  ] as const;
  const left: LeftRefusal[] = [];
  for (const { id, from, values, side } of sides) {
    const unit = await openUnit(transaction, { contactId: id, cause: null });
    if (side === 'stays') recordChanges(unit, values, actor);
    const isDeleted = part.isDeleted[side] || isGone(deps, unit.links);
    unit.changeContact({ ...values, isCustomer: part.isCustomer[side], isDeleted });
    unit.setSplitFrom(from);
    if (side === 'leaves' && part.isUnproven) unit.leaveKeysUnproven();
    left.push(...listLeftRefusals(unit, pushed));
    unit.addHistory({ kind: 'split', actor, after: { contactId: from, links: linkIds } });
    await unit.save();
  }
  await decidePair(tx, { one: stayingId, other: leavingId, state: 'different', by: actor, at: deps.now() });
  return { contactId: leavingId, refusalsLeft: left };
}

/** The edits of a contact's records since an entry of its history: by those that leave, and by those that stay. */
async function listEdits(
  tx: Database,
  {
    contactId,
    links,
    leaving,
    after,
  }: { contactId: string; links: readonly Link[]; leaving: ReadonlySet<string>; after: string },
) {
  const changes = await listRecordChanges(tx, { contactId, linkIds: links.map(({ id }) => id), after });
  const leaves = ({ link_id }: RecordChange) => link_id !== null && leaving.has(link_id);
  return {
    edits: toEdits(changes.filter(leaves)),
    stayingEdits: toEdits(changes.filter((change) => !leaves(change))),
  };
}

/** Only a conflict has a losing value, which may be blank. */
function toEdits(changes: readonly RecordChange[]): RecordEdit[] {
  return changes.flatMap(({ kind, field, before, after, losing, provider, actor, at }) =>
    isFieldName(field)
      ? [{ field, before, after, ...(kind === 'conflict' && { losing }), provider: provider ?? actor, at: at.toISOString() }]
      : [],
  );
}

const submissionsOf = (links: readonly Link[]): string[] =>
  links.flatMap(({ provider, external_id }) => (provider === 'webform' && external_id !== null ? [external_id] : []));

/** The history keeps the values that the contact loses. */
function recordChanges(unit: ContactUnit, { fields }: Values, actor: string): void {
  const { fields: before } = unit.contact;
  for (const field of listFields(before, fields)) {
    if (sameValue(field, before[field], fields[field])) continue;
    unit.addHistory({ kind: 'changed', actor, field, before: before[field], after: fields[field] });
  }
}

/** Whether every record of a contact was deleted at its provider. */
function isGone(deps: ContactDeps, links: readonly Link[]): boolean {
  const members = links.filter(({ provider }) => {
    const role = deps.providers.has(provider) ? roleOf(deps, provider) : null;
    return role !== null && role !== 'audience';
  });
  return members.some(({ state }) => state === 'tombstoned') && !members.some(isLive);
}

/** The refusals that only the merge wrote to the records of a contact. No push lifts them: see `fromDoNotContact` of GoHighLevel. */
function listLeftRefusals({ contact, links }: ContactUnit, pushed: readonly string[]): LeftRefusal[] {
  const { doNotContact } = contact.fields;
  return links
    .filter((link) => isLive(link) && pushed.includes(link.id))
    .flatMap(({ id: linkId, provider, external_id: externalId, shadow }) => {
      const channels = (['call', 'sms', 'email'] as const).filter(
        (channel) => shadow?.doNotContact?.[channel] && !doNotContact[channel],
      );
      return channels.length === 0 ? [] : [{ contactId: contact.id, linkId, provider, externalId, channels }];
    });
}

/** The later merges whose snapshots contain the values of a merge: those of the survivor, or of the other side. */
function listAbove(merge: ContactMerge, standing: readonly ContactMerge[]): Map<string, 'survivor' | 'other'> {
  const holders = new Set([merge.survivor_id]);
  const above = new Map<string, 'survivor' | 'other'>();
  for (const { id, survivor_id, other_id } of standing.toReversed()) {
    if (holders.has(survivor_id)) above.set(id, 'survivor');
    else if (other_id !== null && holders.has(other_id)) above.set(id, 'other');
    else continue;
    holders.add(survivor_id);
  }
  return above;
}

async function correctLater(
  { tx }: ContactTransaction,
  merge: ContactMerge,
  { standing, above }: { standing: readonly ContactMerge[]; above: ReadonlyMap<string, 'survivor' | 'other'> },
): Promise<void> {
  const undone = { survivor: merge.survivor_before, merged: merge.survivor_after };
  const correct = (side: ContactSnapshot): ContactSnapshot => ({ ...side, ...withoutMerge(side, undone) });
  for (const { id, survivor_before, other_before, survivor_after } of standing) {
    const side = above.get(id);
    if (side === undefined) continue;
    const before = side === 'survivor' ? { survivorBefore: correct(survivor_before) } : { otherBefore: correct(other_before) };
    await saveSnapshots(tx, id, { ...before, survivorAfter: correct(survivor_after) });
  }
}

function toValues({ shadow, provider, created_at }: Link): Values {
  const values = shapeNames(shadow ?? {}, listFields());
  const source = { provider, changedAt: created_at.toISOString() };
  const known = listFields(values).filter((field) => !isBlank(values[field]));
  return {
    fields: { ...emptyFields, ...pickFields(values, known) },
    provenance: Object.fromEntries(known.map((field) => [field, source])),
  };
}

function fillBlanks(values: Values, { fields, provenance }: Values): Values {
  const free = listFields(fields).filter((field) => isBlank(values.fields[field]) && !isBlank(fields[field]));
  return {
    fields: { ...values.fields, ...pickFields(fields, free) },
    provenance: { ...values.provenance, ...Object.fromEntries(free.map((field) => [field, provenance[field]])) },
  };
}
