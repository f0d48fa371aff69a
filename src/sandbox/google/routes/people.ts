import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { Account } from '#sandbox/google/account.ts';
import type { MaskPath } from '#sandbox/google/person/fields.ts';
import type { Person } from '#sandbox/google/person/person.ts';
import { readPerson } from '#sandbox/google/person/read-person.ts';
import { showPerson } from '#sandbox/google/person/show-person.ts';
import { parseReadMask, parseReplyMask, parseUpdateMask } from '#sandbox/google/request/masks.ts';
import { noQuery, pageSize, repeated, sources } from '#sandbox/google/request/parse-request.ts';
import { singleWrite } from '#sandbox/google/request/quota.ts';
import type { GoogleSettings } from '#sandbox/google/settings.ts';

const text = z.string().optional();
const querySources = repeated.pipe(sources);
const replyQuery = z.strictObject({ personFields: text, sources: querySources });
/** Google docs (searchContacts): the default is 10, the maximum 30. */
const searchSize = pageSize({ standard: 10, max: Number.MAX_SAFE_INTEGER }).transform((size) => Math.min(size, 30));
const searchQuery = z.strictObject({
  query: z.string().default(''),
  pageSize: searchSize,
  readMask: text,
  sources: querySources,
});

/** One contact per request. Google docs: REST resource `people`. */
export function peopleRoutes(account: Account): Router {
  const router = Router();
  router.get('/people\\:searchContacts', searchContacts(account));
  router.post('/people\\:createContact', createContact(account));
  router.get('/people/:id', getPerson(account));
  router.patch('/people/:id\\:updateContact', updateContact(account));
  router.delete('/people/:id\\:deleteContact', deleteContact(account));
  return router;
}

function searchContacts(account: Account): RequestHandler {
  const { gate, search } = account;
  return gate({
    access: 'read',
    cost: { criticalReads: 1 },
    query: searchQuery,
    handle({ query: { query, pageSize, readMask } }) {
      const mask = parseReadMask(readMask, 'readMask');
      if (query.trim() === '') search.warmUp();
      const found = query.trim() === '' ? [] : search.find(query.trim(), pageSize);
      return found.length > 0 ? { results: found.map((person) => ({ person: show(account, person, mask) })) } : {};
    },
  });
}

function createContact(account: Account): RequestHandler {
  const { gate, writer } = account;
  return gate({
    access: 'write',
    cost: singleWrite,
    query: replyQuery,
    body: z.unknown(),
    handle({ query, body }) {
      const mask = parseReplyMask(query.personFields);
      return show(account, writer.planCreate(readPerson(body))(), mask);
    },
  });
}

function getPerson(account: Account): RequestHandler {
  const { gate, writer } = account;
  return gate({
    access: 'read',
    cost: { criticalReads: 1 },
    query: replyQuery,
    handle({ params, query }) {
      const mask = parseReadMask(query.personFields, 'personFields');
      if (params.id === 'me') return showProfile(account.settings());
      return show(account, writer.getPerson(`people/${params.id}`), mask);
    },
  });
}

/** Google docs (people.get): `people/me` is the owner of the contacts. Other fields need scopes of their own. */
function showProfile({ profileId, profileName }: GoogleSettings): object {
  const source = { type: 'PROFILE', id: profileId };
  const metadata = { sources: [source], objectType: 'PERSON' };
  const names = [{ metadata: { primary: true, source }, displayName: profileName }];
  return { resourceName: `people/${profileId}`, metadata, names };
}

function updateContact(account: Account): RequestHandler {
  const { gate, writer } = account;
  return gate({
    access: 'write',
    cost: singleWrite,
    query: replyQuery.extend({ updatePersonFields: text }),
    body: z.unknown(),
    handle({ params, query, body }) {
      const updateMask = parseUpdateMask(query.updatePersonFields, 'updatePersonFields');
      const mask = parseReplyMask(query.personFields);
      return show(account, writer.planUpdate(`people/${params.id}`, readPerson(body), updateMask)(), mask);
    },
  });
}

function deleteContact({ gate, writer }: Account): RequestHandler {
  return gate({
    access: 'write',
    cost: { writeRequests: 1 },
    query: noQuery,
    handle({ params }) {
      writer.planDelete(`people/${params.id}`)();
      return {};
    },
  });
}

function show({ settings }: Account, person: Person, mask: MaskPath[]): object {
  return showPerson(person, { mask, fromList: false }, settings());
}
