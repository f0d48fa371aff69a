import { expect } from '@jest/globals';
import type { ActivityDeps } from '#activities/deps.ts';
import type { DeleteRequest } from '#db/deletes/delete-requests.ts';
import { askAlways, type DeleteRules } from '#domain/deletes/delete-policy.ts';
import type { useHub } from '#test/activities/contact/hub.ts';
import type { Member } from '#test/setup/hub.ts';

type Hub = ReturnType<typeof useHub>;

/** Deletions at vendors, and what Accord makes of them. */
export function deletingAt(hub: Hub) {
  const tools = {
    rules: (rules: Partial<DeleteRules>): ActivityDeps => ({ ...hub.deps, deletes: { ...askAlways, ...rules } }),

    /** Somebody deletes the record at the vendor, and Accord learns of it, as by a webhook. */
    async lose(link: { id: string; provider: string; external_id: string | null }, deps = hub.deps) {
      await hub.records(link.provider as Member, { delete: [link.external_id] });
      expect(await hub.observe({ linkId: link.id }, deps)).toMatchObject({ outcome: 'missing' });
      hub.wait(121);
      const result = await hub.observe({ linkId: link.id }, deps);
      expect(result.outcome).toBe('gone');
      return result;
    },

    requests: (contactId: string): Promise<DeleteRequest[]> =>
      hub.accord.db
        .selectFrom('delete_request as request')
        .innerJoin('link', 'link.id', 'request.link_id')
        .selectAll('request')
        .where('link.contact_id', '=', contactId)
        .orderBy('request.provider')
        .execute(),

    /** The accounts and states of the requests. */
    async states(contactId: string): Promise<string[]> {
      return (await tools.requests(contactId)).map(({ provider, state }) => `${provider} ${state}`);
    },

    isIn: async (member: Member, id: string | null) =>
      (await hub.accord.clients[member].readMany?.([id as string]))?.[0] !== null,
  };
  return tools;
}
