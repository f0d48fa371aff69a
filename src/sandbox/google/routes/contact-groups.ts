import { Router } from 'express';
import { z } from 'zod';
import type { Account } from '#sandbox/google/account.ts';
import { GoogleError } from '#sandbox/google/google-error.ts';
import type { Group } from '#sandbox/google/groups/groups.ts';
import { listGroups } from '#sandbox/google/groups/list-groups.ts';
import { removeGroup } from '#sandbox/google/groups/memberships.ts';
import { membersByGroup, parseGroupFields, showGroup } from '#sandbox/google/groups/show-group.ts';
import { checkCount, pageSize, repeated } from '#sandbox/google/request/parse-request.ts';

const text = z.string().optional();
const maxMembers = z.coerce.number().int().min(0).default(0);
const clientData = z.array(z.strictObject({ key: text, value: text })).optional();
const groupBody = z.looseObject({ name: text, etag: text, clientData });
const createBody = z.strictObject({ contactGroup: groupBody.default({}), readGroupFields: text });
const updateBody = createBody.extend({ updateGroupFields: text });

const read = { groupReads: 1 };
const write = { writeRequests: 1 };

/** Google docs: REST resource `contactGroups`. */
export function contactGroupRoutes(account: Account): Router {
  const { gate, groups } = account;
  const router = Router();
  const show = (group: Group, mask?: string, count?: number) =>
    showGroup(group, { fields: parseGroupFields(mask), members: membersByGroup(account), ...(count && { maxMembers: count }) });

  function respond(requestedResourceName: string, mask: string | undefined, count: number): object {
    const group = groups.find(requestedResourceName);
    if (group) return { requestedResourceName, contactGroup: show(group, mask, count), status: {} };
    return { requestedResourceName, status: { code: 5, message: 'Requested entity was not found.' } };
  }

  router.get(
    '/contactGroups',
    gate({
      access: 'read',
      cost: read,
      query: z.strictObject({
        pageSize: pageSize({ standard: 30, maximum: 1_000 }),
        ...{ pageToken: text, syncToken: text, groupFields: text },
      }),
      handle: ({ query }) => listGroups(account, query),
    }),
  );

  router.get(
    '/contactGroups\\:batchGet',
    gate({
      access: 'read',
      cost: read,
      query: z.strictObject({ resourceNames: repeated, maxMembers, groupFields: text }),
      handle({ query: { resourceNames, maxMembers, groupFields } }) {
        checkCount('resource names', resourceNames.length, 200);
        return { responses: resourceNames.map((name) => respond(name, groupFields, maxMembers)) };
      },
    }),
  );

  router.get(
    '/contactGroups/:id',
    gate({
      access: 'read',
      cost: read,
      query: z.strictObject({ maxMembers, groupFields: text }),
      handle: ({ params, query }) => show(groups.get(String(params.id)), query.groupFields, query.maxMembers),
    }),
  );

  router.post(
    '/contactGroups',
    gate({
      access: 'write',
      cost: write,
      body: createBody,
      handle: ({ body: { contactGroup, readGroupFields } }) => show(groups.create(contactGroup), readGroupFields),
    }),
  );

  router.put(
    '/contactGroups/:id',
    gate({
      access: 'write',
      cost: write,
      body: updateBody,
      handle({ params, body: { contactGroup, readGroupFields } }) {
        const group = groups.get(String(params.id));
        if (contactGroup.etag !== undefined && contactGroup.etag !== show(group).etag) throw changedMeanwhile();
        return show(groups.update(group, contactGroup), readGroupFields);
      },
    }),
  );

  router.delete(
    '/contactGroups/:id',
    gate({
      access: 'write',
      cost: write,
      query: z.strictObject({ deleteContacts: z.enum(['true', 'false']).default('false') }),
      handle({ params, query }) {
        removeGroup(account, groups.get(String(params.id)), { withContacts: query.deleteContacts === 'true' });
        return {};
      },
    }),
  );
  return router;
}

function changedMeanwhile(): GoogleError {
  return new GoogleError('FAILED_PRECONDITION', 'Request contact group etag is different than the current contact group etag.');
}
