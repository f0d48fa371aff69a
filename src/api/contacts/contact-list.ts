import { z } from 'zod';
import type { ApiDeps } from '#api/deps.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { nextCursor, pageQuery, timeFilter } from '#api/rest/page.ts';
import { findContactIdsByRecordId, listContactPage, specialStates } from '#db/contacts/lists/contact-list.ts';
import { type ContactSummary, readSummaries } from '#db/contacts/lists/contact-summaries.ts';
import { evaluateAudience } from '#domain/audience.ts';
import { tagKey } from '#domain/normalize/tag.ts';
import { type SearchTerm, toSearchTerms } from '#domain/search/search-terms.ts';
import { toTagLine } from '#domain/search/search-text.ts';
import { uuid } from './contact-parameter.ts';
import { syncStatus } from './contact-schemas.ts';
import { regionsOf } from './regions-of.ts';
import { toFullName } from './show-name.ts';

const states = [...syncStatus.options, ...specialStates] as const;

const state = z.enum(states).meta({
  description:
    'A sync status, `deleted` (instead of a sync status), `asked` (a possible double, a conflict or a submission waits for a person) or ' +
    '`parked` (the last call for a record failed, and is repeated).',
});

const summary = z
  .object({
    id: z.uuid(),
    name: z.string().nullable().meta({ description: 'The whole name.' }),
    company: z.string().nullable(),
    emails: z.array(z.string()),
    phones: z.array(z.string()).meta({ description: 'In E.164, or as typed where they cannot be read as numbers.' }),
    tags: z.array(z.string()),
    states: z.array(state).meta({ description: 'Every value of `state` that lists the contact.' }),
    isCustomer: z.boolean(),
    records: z
      .array(
        z.object({
          provider: z.string(),
          externalId: z.string().nullable(),
          state: z.enum(['intent', 'linked', 'tombstoned', 'detached']),
          error: z.string().nullable().meta({ description: 'Of the last call, in one sentence; null where it succeeded.' }),
        }),
      )
      .meta({ description: 'The oldest first.' }),
    audiences: z.array(z.string()).meta({ description: 'The audiences that the contact is a member of.' }),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'ContactSummary' });

/** The filter of a list, and the page. */
export const contactQuery = z.strictObject({
  q: z
    .string()
    .max(1_000)
    .optional()
    .meta({
      description:
        'Part of a name, company, email, phone number or tag, or a whole record id. Several words must all match, in any order. A phone ' +
        'number may be written in any way. Accents and capitals do not matter.',
    }),
  state: state.optional(),
  provider: z.string().max(100).optional().meta({ description: 'Contacts with a record there.' }),
  tag: z.string().max(200).optional().meta({ description: 'A whole tag.' }),
  audience: z.string().max(100).optional().meta({ description: 'Members of an audience of accord.yaml.' }),
  updated_since: timeFilter.optional(),
  ...pageQuery,
});

type Query = z.output<typeof contactQuery>;

export const contactListOperations = [
  defineOperation({
    method: 'get',
    path: '/api/v1/contacts',
    tag: 'Contacts',
    summary: 'Find contacts, newest first',
    description:
      'Contacts that were merged into others are left out. Edits move no contact to another page. With `tag` or `audience` a page may have ' +
      'fewer contacts than `limit`, or none, and another page may follow.',
    scope: 'sync:read',
    query: contactQuery,
    response: {
      status: 200,
      description: 'A page of contacts',
      data: z.object({
        contacts: z.array(summary),
        next: nextCursor,
      }),
    },
    async handle({ query: wanted }, deps) {
      const { contacts, next } = await findPage(deps, wanted);
      return { contacts: contacts.map((contact) => toSummary(deps, contact)), next };
    },
  }),
];

/** Ids that one request looks at where SQL cannot check every condition. */
const maxLooks = 2_000;

/** One page of the contacts that a filter selects. */
export async function findPage(deps: ApiDeps, wanted: Query): Promise<{ contacts: ContactSummary[]; next: string | null }> {
  const { state: inState, provider, updated_since: updatedSince, limit } = wanted;
  const search = { terms: toTerms(deps, wanted), orIds: await findIds(deps, wanted) };
  const filter = { ...search, state: inState, provider, updatedSince };
  const isHere = toCheck(deps, wanted);
  const found: ContactSummary[] = [];
  const size = isHere === null ? limit : Math.max(limit, 200);
  let cursor = wanted.cursor;
  for (let looks = 0; looks < maxLooks; looks += size) {
    const ids = await listContactPage(deps.db, { filter, cursor, limit: size + 1 });
    const contacts = await readSummaries(deps.db, ids.slice(0, size));
    const here = isHere === null ? contacts : contacts.filter(isHere);
    for (const contact of here) {
      if (found.length === limit) return { contacts: found, next: found.at(-1)?.id ?? null };
      found.push(contact);
    }
    if (ids.length <= size) return { contacts: found, next: null };
    cursor = ids[size - 1];
    if (found.length === limit) break;
  }
  return { contacts: found, next: cursor ?? null };
}

function toTerms(deps: ApiDeps, { q, tag, audience }: Query): SearchTerm[] {
  const anyTag = deps.audiences.find(({ name }) => name === audience)?.when.anyTag ?? [];
  return [
    ...toSearchTerms(q ?? '', regionsOf(deps)),
    ...(tag === undefined ? [] : [[toTagPattern(tag)]]),
    ...(anyTag.length === 0 ? [] : [anyTag.map(toTagPattern)]),
  ];
}

const toTagPattern = (tag: string): string => `%${toTagLine(tag).replace(/[\\%_]/g, '\\$&')}%`;

/** Contacts whose id, or whose record's id, is searched for. `toCheck` drops those without the tag or outside the audience. */
async function findIds({ db }: ApiDeps, { q = '' }: Query): Promise<string[]> {
  const text = q.trim();
  if (text === '') return [];
  return [...(uuid.test(text) ? [text.toLowerCase()] : []), ...(await findContactIdsByRecordId(db, text))];
}

/** Conditions that the search text cannot check: tags that differ in accents, and the other rules of an audience. Null where nothing is left to check. */
function toCheck(deps: ApiDeps, { tag, audience }: Query): ((contact: ContactSummary) => boolean) | null {
  if (tag === undefined && audience === undefined) return null;
  return (contact) =>
    (tag === undefined || contact.fields.tags.some((each) => tagKey(each) === tagKey(tag))) &&
    (audience === undefined || audiencesOf(deps, contact).includes(audience));
}

function audiencesOf({ audiences }: ApiDeps, { heldRefusals, ...contact }: ContactSummary): string[] {
  const refused = heldRefusals.map((channel) => ({ channel, kind: 'phone' as const, value: '' }));
  return audiences.filter((audience) => evaluateAudience(audience, { ...contact, refused }).member).map(({ name }) => name);
}

function toSummary(deps: ApiDeps, contact: ContactSummary): z.input<typeof summary> {
  const { id, fields, syncStatus: status, isDeleted, isAsked, isCustomer, records, createdAt, updatedAt } = contact;
  const { company, emails, phones, tags } = fields;
  return {
    id,
    name: toFullName(fields),
    company,
    emails: emails.map(({ address }) => address),
    phones: phones.map(({ e164, raw }) => e164 ?? raw),
    tags,
    states: [
      isDeleted ? 'deleted' : status,
      ...(isAsked ? ['asked' as const] : []),
      ...(records.some(({ error }) => error !== null) ? ['parked' as const] : []),
    ],
    isCustomer,
    records,
    audiences: audiencesOf(deps, contact),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
