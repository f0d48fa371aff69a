import { Router } from 'express';
import { z } from 'zod';
import type { Account } from '#sandbox/google/account.ts';
import { invalidArgument } from '#sandbox/google/google-error.ts';
import { groupName } from '#sandbox/google/groups/groups.ts';
import { join, leave } from '#sandbox/google/groups/memberships.ts';
import { checkCount, noQuery } from '#sandbox/google/request/parse-request.ts';

const names = z.array(z.string()).default([]);
const bodySchema = z.strictObject({ resourceNamesToAdd: names, resourceNamesToRemove: names });

/** Google docs: contactGroups.members.modify. */
export function groupMembersRoute({ gate, groups, book }: Account): Router {
  return Router().post(
    '/contactGroups/:id/members\\:modify',
    gate({
      access: 'write',
      cost: { writeRequests: 1 },
      query: noQuery,
      body: bodySchema,
      handle({ params, body: { resourceNamesToAdd, resourceNamesToRemove } }) {
        checkCount('resource names', resourceNamesToAdd.length + resourceNamesToRemove.length, 1_000);
        const group = groupName(groups.get(String(params.id)));
        if (resourceNamesToAdd.length > 0 && !groups.canGainMembers(group)) {
          throw invalidArgument(`Contact group "${group}" can not gain members.`);
        }
        const unknown = [...resourceNamesToAdd, ...resourceNamesToRemove].filter((name) => !book.find(name));
        const kept: string[] = [];
        for (const person of resourceNamesToAdd.map((name) => book.find(name))) if (person) join(book, person, group);
        for (const person of resourceNamesToRemove.map((name) => book.find(name))) {
          if (person && !leave(book, person, group)) kept.push(person.resourceName);
        }
        return {
          ...(unknown.length > 0 && { notFoundResourceNames: unknown }),
          ...(kept.length > 0 && { canNotRemoveLastContactGroupResourceNames: kept }),
        };
      },
    }),
  );
}
