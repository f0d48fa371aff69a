import { Router } from 'express';
import { z } from 'zod';
import type { Account } from '#sandbox/google/account.ts';
import { carryOut, type Entry } from '#sandbox/google/contacts/batch.ts';
import { GoogleError } from '#sandbox/google/google-error.ts';
import type { MaskPath } from '#sandbox/google/person/fields.ts';
import type { Person } from '#sandbox/google/person/person.ts';
import { readPerson } from '#sandbox/google/person/read-person.ts';
import { showPerson } from '#sandbox/google/person/show-person.ts';
import { parseReadMask, parseUpdateMask } from '#sandbox/google/request/masks.ts';
import { checkCount, repeated, sources } from '#sandbox/google/request/parse-request.ts';
import { batchWrite } from '#sandbox/google/request/quota.ts';

const text = z.string().optional();

/** Many contacts in one request. Google docs: people.batch*. */
export function batchRoutes(account: Account): Router {
  const { gate, writer, settings } = account;
  const router = Router();

  function respond(requestedResourceName: string, person: Person, mask: MaskPath[]): object {
    const shown = showPerson(person, { mask, fromList: false }, settings());
    return { httpStatusCode: 200, requestedResourceName, person: shown, status: {} };
  }

  function respondOrNot(name: string, mask: MaskPath[]): object {
    try {
      return respond(name, writer.getPerson(name), mask);
    } catch (error) {
      if (!(error instanceof GoogleError)) throw error;
      return { httpStatusCode: error.http, requestedResourceName: name, status: error.rpcStatus };
    }
  }

  router.get(
    '/people\\:batchGet',
    gate({
      access: 'read',
      cost: { criticalReads: 1 },
      query: z.strictObject({ resourceNames: repeated, personFields: text, sources: repeated.pipe(sources) }),
      handle({ query: { resourceNames, personFields } }) {
        checkCount('resource names', resourceNames.length, 200);
        const mask = parseReadMask(personFields, 'personFields');
        return { responses: resourceNames.map((name) => respondOrNot(name, mask)) };
      },
    }),
  );

  router.post(
    '/people\\:batchCreateContacts',
    gate({
      access: 'write',
      cost: batchWrite,
      body: z.strictObject({
        contacts: z.array(z.strictObject({ contactPerson: z.unknown() })),
        readMask: text,
        sources: sources.optional(),
      }),
      handle({ body: { contacts, readMask } }) {
        checkCount('contacts', contacts.length, 200);
        const mask = readMask ? parseReadMask(readMask, 'readMask') : null;
        const entries = contacts.map(
          ({ contactPerson }, index): Entry => [
            String(index),
            () => writer.planCreate(readPerson(contactPerson, 'contacts.contact_person')),
          ],
        );
        const created = carryOut(account, 'BatchCreateContactsErrorDetails', entries);
        // Google docs: an empty mask skips the read after the write; whoever does it never learns the names.
        return mask ? { createdPeople: created.map(([, person]) => respond(person.resourceName, person, mask)) } : {};
      },
    }),
  );

  router.post(
    '/people\\:batchUpdateContacts',
    gate({
      access: 'write',
      cost: batchWrite,
      body: z.strictObject({
        contacts: z.record(z.string(), z.unknown()),
        updateMask: text,
        readMask: text,
        sources: sources.optional(),
      }),
      handle({ body: { contacts, updateMask, readMask } }) {
        checkCount('contacts', Object.keys(contacts).length, 200);
        const fields = parseUpdateMask(updateMask, 'updateMask');
        const mask = readMask ? parseReadMask(readMask, 'readMask') : null;
        const entries = Object.entries(contacts).map(
          ([name, person]): Entry => [name, () => writer.planUpdate(name, readPerson(person, 'contacts.value'), fields)],
        );
        const updated = carryOut(account, 'BatchUpdateContactsErrorDetails', entries);
        if (!mask) return {};
        return { updateResult: Object.fromEntries(updated.map(([name, person]) => [name, respond(name, person, mask)])) };
      },
    }),
  );

  router.post(
    '/people\\:batchDeleteContacts',
    gate({
      access: 'write',
      cost: { writeRequests: 10 },
      body: z.strictObject({ resourceNames: z.array(z.string()) }),
      handle({ body: { resourceNames } }) {
        checkCount('resource names', resourceNames.length, 500);
        carryOut(
          account,
          null,
          [...new Set(resourceNames)].map((name): Entry => [name, () => writer.planDelete(name)]),
        );
        return {};
      },
    }),
  );
  return router;
}
