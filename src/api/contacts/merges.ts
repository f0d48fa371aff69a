import { z } from 'zod';
import type { ApiDeps } from '#api/deps.ts';
import { ApiProblem, notFound } from '#api/rest/errors.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { timeOf } from '#api/rest/page.ts';
import type { ContactTransaction } from '#contacts/contact-transaction.ts';
import { mergeContacts } from '#contacts/merging/merge-contacts.ts';
import { type SplitOutcome, splitContact, undoMerge } from '#contacts/merging/split-contact.ts';
import { recordAudit } from '#db/audit-log.ts';
import { lockContact } from '#db/contacts/contacts.ts';
import { listLinks } from '#db/contacts/links.ts';
import { type ContactMerge, listMerges } from '#db/contacts/matching/contact-merges.ts';
import type { Database } from '#db/database.ts';
import { contactIdParameter, getContactByAnyId, syncOutcome } from './contact-parameter.ts';
import { decide, previewQuery, remoteWrite } from './decisions.ts';

const root = '/api/v1/contacts/{id}';
const params = z.object({ id: contactIdParameter });

const merge = z
  .object({
    id: z.uuid(),
    survivorId: z.uuid(),
    otherId: z.uuid().nullable().meta({ description: 'Null for a record that had no contact of its own.' }),
    records: z.array(z.object({ linkId: z.uuid(), provider: z.string(), externalId: z.string().nullable() })).meta({
      description: 'The records that the merge brought in.',
    }),
    why: z.string(),
    evidence: z.record(z.string(), z.unknown()).nullable(),
    actor: z.string().meta({ description: '`accord`, a provider, or `api-key:<name>`.' }),
    at: z.iso.datetime(),
    undoneAt: z.iso.datetime().nullable(),
    undoneBy: z.string().nullable(),
  })
  .meta({ id: 'ContactMerge' });

const shared = {
  contactId: z.uuid().meta({ description: 'The contact that stays.' }),
  otherContactId: z
    .uuid()
    .meta({ description: 'The contact that was merged or separated. In a preview of a split, not a lasting id.' }),
  preview: z.boolean(),
  writes: z.array(remoteWrite).meta({ description: 'The writes to providers that follow.' }),
  sync: syncOutcome.nullable().meta({ description: 'Null for a preview.' }),
};

const leftRefusal = z.object({
  contactId: z.uuid(),
  linkId: z.uuid(),
  provider: z.string(),
  externalId: z.string().nullable(),
  channels: z.array(z.enum(['call', 'sms', 'email'])),
});

const separated = z.object({
  ...shared,
  refusalsLeft: z.array(leftRefusal).meta({
    description: 'Refusals that only the merge wrote to a record. Accord never lifts a refusal there: a person does.',
  }),
});

/** Merges of contacts by hand, and taking contacts apart again. */
export const mergeOperations = [
  defineOperation({
    method: 'get',
    path: `${root}/merges`,
    tag: 'Candidates',
    summary: 'List the merges of a contact, newest first',
    scope: 'sync:read',
    params,
    response: { status: 200, description: 'The merges', data: z.object({ merges: z.array(merge) }) },
    problems: { 404: 'No such contact' },
    async handle({ params: { id } }, { db }) {
      const contact = await getContactByAnyId(db, id);
      return { merges: (await listMerges(db, contact.id)).map(showMerge) };
    },
  }),
  defineOperation({
    method: 'post',
    path: `${root}/merge`,
    tag: 'Candidates',
    summary: 'Merge another contact into this one',
    description: 'The contact of the path survives. Its values win; the history keeps the others.',
    scope: 'sync:write',
    params,
    query: previewQuery,
    body: z.strictObject({ other: contactIdParameter }),
    response: { status: 200, description: 'The contacts are one, and the sync is requested', data: z.object(shared) },
    problems: { 404: 'No such contact', 409: 'The two are one contact already' },
    async handle({ params: { id }, query, body, actor }, deps) {
      const [survivor, other] = [await getContactByAnyId(deps.db, id), await getContactByAnyId(deps.db, body.other)];
      const isPreview = query.preview === 'true';
      const { result: isMerged, ...made } = await decide(deps, { isPreview }, async (transaction) => {
        const ids = { survivorId: survivor.id, otherId: other.id };
        if (await areOne(transaction, ids.survivorId, ids.otherId)) return { result: false, effect: null };
        await mergeContacts(transaction, { ...ids, why: 'a person decided', cause: null, actor });
        await recordAudit(transaction.tx, { actor, action: 'contact.merge', target: ids.survivorId, details: ids });
        return { result: true, effect: { contactIds: [ids.survivorId], mergedId: ids.otherId } };
      });
      if (!isMerged) throw new ApiProblem({ status: 409, code: 'one-contact', detail: 'The two ids are of one contact.' });
      return { contactId: survivor.id, otherContactId: other.id, preview: isPreview, ...made };
    },
  }),
  defineOperation({
    method: 'post',
    path: `${root}/split`,
    tag: 'Candidates',
    summary: 'Give some records of a contact to a contact of their own',
    description:
      'The records go back to the contact that they belonged to before a merge, else to a new one, with their own values, history and ' +
      'refusals and the edits made there since. The two are not merged again.',
    scope: 'sync:write',
    params,
    query: previewQuery,
    body: z.strictObject({
      records: z
        .array(z.string().min(1))
        .min(1)
        .max(50)
        .meta({ description: 'Link ids, or record ids with their provider: `square:ABC`.' }),
    }),
    response: { status: 200, description: 'The contacts are two, and their sync is requested', data: separated },
    problems: { 404: 'No such contact or record', 409: 'No record would stay' },
    async handle({ params: { id }, query, body, actor }, deps) {
      const contact = await getContactByAnyId(deps.db, id);
      const linkIds = await findLinkIds(deps.db, contact.id, body.records);
      return separate(
        deps,
        { contactId: contact.id, actor, isPreview: query.preview === 'true', action: 'contact.split' },
        (tx) => splitContact(tx, { contactId: contact.id, linkIds, actor }),
      );
    },
  }),
  defineOperation({
    method: 'post',
    path: `${root}/undo`,
    tag: 'Candidates',
    summary: 'Undo a merge of a contact',
    description:
      'Works also after later edits: each of them stays with the record where it was made. Without `merge`, the newest merge is undone. ' +
      'The two are not merged again.',
    scope: 'sync:write',
    params,
    query: previewQuery,
    body: z
      .strictObject({ merge: z.uuid().optional().meta({ description: 'The id of one of the contact’s merges.' }) })
      .default({}),
    response: { status: 200, description: 'The contacts are two, and their sync is requested', data: separated },
    problems: { 404: 'No such contact', 409: 'No merge of the contact stands, or not this one' },
    async handle({ params: { id }, query, body, actor }, deps) {
      const { id: contactId } = await getContactByAnyId(deps.db, id);
      const mergeId = body.merge ?? null;
      return separate(deps, { contactId, actor, isPreview: query.preview === 'true', action: 'contact.undo' }, (tx) =>
        undoMerge(tx, { contactId, mergeId, actor }),
      );
    },
  }),
];

async function areOne({ tx }: ContactTransaction, one: string, other: string): Promise<boolean> {
  const [first = one, second = other] = [one, other].toSorted();
  return (await lockContact(tx, first)).id === (await lockContact(tx, second)).id;
}

/** The links of a contact with these ids or record ids. Throws a 404. */
async function findLinkIds(db: Database, contactId: string, records: readonly string[]): Promise<string[]> {
  const links = await listLinks(db, contactId);
  return records.map((record) => {
    const link = links.find(({ id, provider, external_id }) => id === record || `${provider}:${external_id}` === record);
    if (!link) throw notFound(`The contact has no record ${record}.`);
    return link.id;
  });
}

interface Separation {
  contactId: string;
  actor: string;
  isPreview: boolean;
  action: string;
}

async function separate(
  deps: ApiDeps,
  { contactId, actor, isPreview, action }: Separation,
  work: (transaction: ContactTransaction) => Promise<SplitOutcome>,
) {
  const { result, ...made } = await decide<SplitOutcome>(deps, { isPreview }, async (transaction) => {
    const outcome = await work(transaction);
    if (outcome.outcome !== 'split') return { result: outcome, effect: null };
    const { staysId, leavesId } = outcome;
    await recordAudit(transaction.tx, { actor, action, target: staysId, details: { leavesId } });
    return { result: outcome, effect: { contactIds: [staysId, leavesId] } };
  });
  if (result.outcome !== 'split') throw refusal(result.outcome, contactId);
  const { staysId, leavesId, refusalsLeft } = result;
  return { contactId: staysId, otherContactId: leavesId, preview: isPreview, refusalsLeft, ...made };
}

function refusal(outcome: Exclude<SplitOutcome['outcome'], 'split'>, contactId: string): ApiProblem {
  if (outcome === 'unknown-record') return notFound(`One of the records is not of contact ${contactId} any more.`);
  const details = {
    'nothing-stays': 'Every record of the contact would leave: name only those of the other person.',
    'no-merge': 'No merge of this contact stands, or this one was undone before: list its merges.',
  };
  return new ApiProblem({ status: 409, code: outcome, detail: details[outcome] });
}

function showMerge(row: ContactMerge): z.input<typeof merge> {
  const { id, survivor_id: survivorId, other_id: otherId, why, evidence, actor, at, undone_at, undone_by: undoneBy } = row;
  const records = row.links.map(({ id: linkId, provider, externalId }) => ({ linkId, provider, externalId }));
  return {
    ...{ id, survivorId, otherId, records, why, evidence: evidence && { ...evidence }, actor },
    ...{ at: at.toISOString(), undoneAt: timeOf(undone_at), undoneBy },
  };
}
