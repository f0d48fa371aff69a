import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { Account } from '#sandbox/google/account.ts';
import { type BatchEntry, executeBatch } from '#sandbox/google/contacts/batch.ts';
import { GoogleError } from '#sandbox/google/google-error.ts';
import type { MaskPath } from '#sandbox/google/person/fields.ts';
import type { Person } from '#sandbox/google/person/person.ts';
import { readPerson } from '#sandbox/google/person/read-person.ts';
import { showPerson } from '#sandbox/google/person/show-person.ts';
import { parseReadMask, parseUpdateMask } from '#sandbox/google/request/masks.ts';
import { checkCount, noQuery, repeated, sources } from '#sandbox/google/request/parse-request.ts';
import { batchWrite } from '#sandbox/google/request/quota.ts';

const text = z.string().optional();

const getQuery = z.strictObject({ resourceNames: repeated, personFields: text, sources: repeated.pipe(sources) });
const createBody = z.strictObject({
  contacts: z.array(z.strictObject({ contactPerson: z.unknown() })),
  readMask: text,
  sources: sources.optional(),
});
const updateBody = z.strictObject({
  contacts: z.record(z.string(), z.unknown()),
  updateMask: text,
  readMask: text,
  sources: sources.optional(),
});
const deleteBody = z.strictObject({ resourceNames: z.array(z.string()) });

/** Many contacts in one request. Google docs: people.batch*. */
export function batchRoutes(account: Account): Router {
  const router = Router();
  router.get('/people\\:batchGet', batchGet(account));
  router.post('/people\\:batchCreateContacts', batchCreate(account));
  router.post('/people\\:batchUpdateContacts', batchUpdate(account));
  router.post('/people\\:batchDeleteContacts', batchDelete(account));
  return router;
}

function batchGet(account: Account): RequestHandler {
  return account.gate({
    access: 'read',
    cost: { criticalReads: 1 },
    query: getQuery,
    handle({ query: { resourceNames, personFields } }) {
      checkCount('resource names', resourceNames.length, 200);
      const mask = parseReadMask(personFields, 'personFields');
      return { responses: resourceNames.map((name) => findAndShow(account, name, mask)) };
    },
  });
}

function batchCreate(account: Account): RequestHandler {
  const { gate, writer } = account;
  return gate({
    access: 'write',
    cost: batchWrite,
    query: noQuery,
    body: createBody,
    handle({ body: { contacts, readMask } }) {
      checkCount('contacts', contacts.length, 200);
      const mask = readMask ? parseReadMask(readMask, 'readMask') : null;
      const entries = contacts.map(
        ({ contactPerson }, index): BatchEntry => [
          String(index),
          () => writer.planCreate(readPerson(contactPerson, 'contacts.contact_person')),
        ],
      );
      const created = executeBatch(account, 'BatchCreateContactsErrorDetails', entries);
      // Google docs: an empty mask skips the read after the write. The client then never learns the resource names.
      return mask ? { createdPeople: created.map(([, person]) => show(account, person.resourceName, person, mask)) } : {};
    },
  });
}

function batchUpdate(account: Account): RequestHandler {
  const { gate, writer } = account;
  return gate({
    access: 'write',
    cost: batchWrite,
    query: noQuery,
    body: updateBody,
    handle({ body: { contacts, updateMask, readMask } }) {
      checkCount('contacts', Object.keys(contacts).length, 200);
      const fields = parseUpdateMask(updateMask, 'updateMask');
      const mask = readMask ? parseReadMask(readMask, 'readMask') : null;
      const entries = Object.entries(contacts).map(
        ([name, person]): BatchEntry => [name, () => writer.planUpdate(name, readPerson(person, 'contacts.value'), fields)],
      );
      const updated = executeBatch(account, 'BatchUpdateContactsErrorDetails', entries);
      if (!mask) return {};
      return { updateResult: Object.fromEntries(updated.map(([name, person]) => [name, show(account, name, person, mask)])) };
    },
  });
}

function batchDelete(account: Account): RequestHandler {
  const { gate, writer } = account;
  return gate({
    access: 'write',
    cost: { writeRequests: 10 },
    query: noQuery,
    body: deleteBody,
    handle({ body: { resourceNames } }) {
      checkCount('resource names', resourceNames.length, 500);
      const entries = [...new Set(resourceNames)].map((name): BatchEntry => [name, () => writer.planDelete(name)]);
      executeBatch(account, null, entries);
      return {};
    },
  });
}

/** A missing contact is an entry with its own status; the others are still returned. */
function findAndShow(account: Account, name: string, mask: MaskPath[]): object {
  try {
    return show(account, name, account.writer.getPerson(name), mask);
  } catch (error) {
    if (!(error instanceof GoogleError)) throw error;
    return { httpStatusCode: error.http, requestedResourceName: name, status: error.rpcStatus };
  }
}

function show({ settings }: Account, requestedResourceName: string, person: Person, mask: MaskPath[]): object {
  const shown = showPerson(person, { mask, fromList: false }, settings());
  return { httpStatusCode: 200, requestedResourceName, person: shown, status: {} };
}
