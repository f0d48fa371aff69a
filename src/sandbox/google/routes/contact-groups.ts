import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { Account } from '#sandbox/google/account.ts';
import { GoogleError } from '#sandbox/google/google-error.ts';
import type { Group } from '#sandbox/google/groups/groups.ts';
import { listGroups } from '#sandbox/google/groups/list-groups.ts';
import { removeGroup } from '#sandbox/google/groups/remove-group.ts';
import { membersByGroup, parseGroupFields, showGroup } from '#sandbox/google/groups/show-group.ts';
import { checkCount, noQuery, pageSize, repeated } from '#sandbox/google/request/parse-request.ts';

const text = z.string().optional();
const maxMembers = z.coerce.number().int().min(0).default(0);
const clientData = z.array(z.strictObject({ key: text, value: text })).optional();
const groupBody = z.looseObject({ name: text, etag: text, clientData });
const createBody = z.strictObject({ contactGroup: groupBody.default({}), readGroupFields: text });
const updateBody = createBody.extend({ updateGroupFields: text });
const listQuery = z.strictObject({
  pageSize: pageSize({ standard: 30, max: 1_000 }),
  ...{ pageToken: text, syncToken: text, groupFields: text },
});
const batchGetQuery = z.strictObject({ resourceNames: repeated, maxMembers, groupFields: text });
const deleteQuery = z.strictObject({ deleteContacts: z.enum(['true', 'false']).default('false') });

const read = { access: 'read', cost: { groupReads: 1 } } as const;
const write = { access: 'write', cost: { writeRequests: 1 } } as const;

/** Google docs: REST resource `contactGroups`. */
export function contactGroupRoutes(account: Account): Router {
  const { gate, groups } = account;
  const router = Router();
  router.get('/contactGroups', gate({ ...read, query: listQuery, handle: ({ query }) => listGroups(account, query) }));
  router.get('/contactGroups\\:batchGet', batchGetGroups(account));
  router.get(
    '/contactGroups/:id',
    gate({
      ...read,
      query: z.strictObject({ maxMembers, groupFields: text }),
      handle: ({ params, query }) => show(account, groups.get(String(params.id)), query.groupFields, query.maxMembers),
    }),
  );
  router.post(
    '/contactGroups',
    gate({
      ...write,
      query: noQuery,
      body: createBody,
      handle: ({ body: { contactGroup, readGroupFields } }) => show(account, groups.create(contactGroup), readGroupFields),
    }),
  );
  router.put('/contactGroups/:id', updateGroup(account));
  router.delete('/contactGroups/:id', deleteGroup(account));
  return router;
}

function batchGetGroups(account: Account): RequestHandler {
  return account.gate({
    ...read,
    query: batchGetQuery,
    handle({ query: { resourceNames, maxMembers, groupFields } }) {
      checkCount('resource names', resourceNames.length, 200);
      return { responses: resourceNames.map((name) => findAndShow(account, name, groupFields, maxMembers)) };
    },
  });
}

function updateGroup(account: Account): RequestHandler {
  const { gate, groups } = account;
  return gate({
    ...write,
    query: noQuery,
    body: updateBody,
    handle({ params, body: { contactGroup, readGroupFields } }) {
      const group = groups.get(String(params.id));
      if (contactGroup.etag !== undefined && contactGroup.etag !== show(account, group).etag) throw etagMismatch();
      return show(account, groups.update(group, contactGroup), readGroupFields);
    },
  });
}

function deleteGroup(account: Account): RequestHandler {
  return account.gate({
    ...write,
    query: deleteQuery,
    handle({ params, query }) {
      removeGroup(account, account.groups.get(String(params.id)), { withContacts: query.deleteContacts === 'true' });
      return {};
    },
  });
}

/** A missing group is an entry with its own status; the others are still returned. */
function findAndShow(account: Account, requestedResourceName: string, mask: string | undefined, maxMembers: number): object {
  const group = account.groups.find(requestedResourceName);
  if (group) return { requestedResourceName, contactGroup: show(account, group, mask, maxMembers), status: {} };
  return { requestedResourceName, status: { code: 5, message: 'Requested entity was not found.' } };
}

function show(account: Account, group: Group, mask?: string, maxMembers = 0): Record<string, unknown> {
  return showGroup(group, { fields: parseGroupFields(mask), members: membersByGroup(account), maxMembers });
}

function etagMismatch(): GoogleError {
  return new GoogleError('FAILED_PRECONDITION', 'Request contact group etag is different than the current contact group etag.');
}
