import { Router } from 'express';
import { z } from 'zod';
import type { Account } from '#sandbox/google/account.ts';
import type { MaskPath } from '#sandbox/google/person/fields.ts';
import type { Person } from '#sandbox/google/person/person.ts';
import { readPerson } from '#sandbox/google/person/read-person.ts';
import { showPerson } from '#sandbox/google/person/show-person.ts';
import { parseReadMask, parseReplyMask, parseUpdateMask } from '#sandbox/google/request/masks.ts';
import { pageSize, repeated, sources } from '#sandbox/google/request/parse-request.ts';
import { singleWrite } from '#sandbox/google/request/quota.ts';

const text = z.string().optional();
const querySources = repeated.pipe(sources);
const replyQuery = z.strictObject({ personFields: text, sources: querySources });

/** One contact at a time. Google docs: REST resource `people`. */
export function peopleRoutes(account: Account): Router {
  const { gate, writer, search, settings } = account;
  const show = (person: Person, mask: MaskPath[]) => showPerson(person, { mask, fromList: false }, settings());
  const router = Router();

  router.get(
    '/people\\:searchContacts',
    gate({
      access: 'read',
      cost: { criticalReads: 1 },
      query: z.strictObject({ query: z.string().default(''), pageSize: searchSize, readMask: text, sources: querySources }),
      handle({ query: { query, pageSize, readMask } }) {
        const mask = parseReadMask(readMask, 'readMask');
        if (query.trim() === '') search.warmUp();
        const found = query.trim() === '' ? [] : search.find(query.trim(), pageSize);
        return found.length > 0 ? { results: found.map((person) => ({ person: show(person, mask) })) } : {};
      },
    }),
  );

  router.post(
    '/people\\:createContact',
    gate({
      access: 'write',
      cost: singleWrite,
      query: replyQuery,
      body: z.unknown(),
      handle({ query, body }) {
        const mask = parseReplyMask(query.personFields);
        return show(writer.planCreate(readPerson(body))(), mask);
      },
    }),
  );

  router.get(
    '/people/:id',
    gate({
      access: 'read',
      cost: { criticalReads: 1 },
      query: replyQuery,
      handle({ params, query }) {
        const mask = parseReadMask(query.personFields, 'personFields');
        return show(writer.getPerson(`people/${params.id}`), mask);
      },
    }),
  );

  router.patch(
    '/people/:id\\:updateContact',
    gate({
      access: 'write',
      cost: singleWrite,
      query: replyQuery.extend({ updatePersonFields: text }),
      body: z.unknown(),
      handle({ params, query, body }) {
        const updateMask = parseUpdateMask(query.updatePersonFields, 'updatePersonFields');
        const mask = parseReplyMask(query.personFields);
        return show(writer.planUpdate(`people/${params.id}`, readPerson(body), updateMask)(), mask);
      },
    }),
  );

  router.delete(
    '/people/:id\\:deleteContact',
    gate({
      access: 'write',
      cost: { writeRequests: 1 },
      handle({ params }) {
        writer.planDelete(`people/${params.id}`)();
        return {};
      },
    }),
  );
  return router;
}

/** Google docs (searchContacts): 10 where none is given, never more than 30. */
const searchSize = pageSize({ standard: 10, maximum: Number.MAX_SAFE_INTEGER }).transform((size) => Math.min(size, 30));
