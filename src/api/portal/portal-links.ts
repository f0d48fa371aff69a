import { z } from 'zod';
import { portalPagesPath } from '#api/admin/pages.ts';
import { getEndpoint } from '#api/delivery/endpoints.ts';
import type { ApiDeps } from '#api/deps.ts';
import { notFound } from '#api/rest/errors.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { idParameter, timeOf } from '#api/rest/page.ts';
import { recordAudit } from '#db/audit-log.ts';
import { createPortalLink, listPortalLinks, type PortalLink, revokePortalLink } from '#db/delivery/portal-links.ts';
import { portalLink } from './portal-schemas.ts';

const maxHours = 30 * 24;

/** Links by which subscribers see their own endpoints, for the people who operate Accord. */
export const portalLinkOperations = [
  defineOperation({
    method: 'post',
    path: '/api/v1/webhooks/{id}/portal-links',
    tag: 'Lead webhooks',
    summary: 'Create a link for the subscriber',
    description:
      'Anyone with the link can list the deliveries of this endpoint with their attempts, replay them and send test events, and nothing else. It works until it expires or is withdrawn. Only this response contains it.',
    // Writing: the answers behind the link are not masked, so a viewer must not be able to make one.
    scope: 'webhooks:write',
    isAtomic: true,
    params: idParameter,
    body: z
      .strictObject({
        expires_in_hours: z
          .int()
          .min(1)
          .max(maxHours)
          .default(7 * 24)
          .meta({ description: '1 to 720 hours.' }),
        endpoint_ids: z.array(z.uuid()).max(50).default([]).meta({ description: 'Further endpoints of the same subscriber.' }),
      })
      .prefault({}),
    response: {
      status: 201,
      description: 'The link',
      data: portalLink.extend({ url: z.string() }).meta({ id: 'PortalLinkWithUrl' }),
      isBare: true,
    },
    problems: { 404: 'No such endpoint' },
    async handle({ params: { id }, body, actor }, deps) {
      const endpointIds = [...new Set([id, ...body.endpoint_ids])];
      for (const endpointId of endpointIds) await getEndpoint(deps, endpointId);
      const expiresAt = new Date(Date.now() + body.expires_in_hours * 3_600_000);
      const { token, ...link } = await createPortalLink(deps.db, { endpointIds, createdBy: actor, expiresAt });
      const details = { linkId: link.id, endpointIds, expiresAt };
      await recordAudit(deps.db, { actor, action: 'webhook.create-portal-link', target: id, details });
      // In the fragment: browsers do not send it, so that it is in no log.
      return { ...show(link), url: `${deps.publicUrl ?? ''}${portalPagesPath}#link=${token}` };
    },
  }),
  defineOperation({
    method: 'get',
    path: '/api/v1/webhooks/{id}/portal-links',
    tag: 'Lead webhooks',
    summary: 'List the active links for the subscriber',
    scope: 'webhooks:read',
    params: idParameter,
    response: {
      status: 200,
      description: 'The links, newest first',
      data: z.object({ data: z.array(portalLink) }),
      isBare: true,
    },
    problems: { 404: 'No such endpoint' },
    async handle({ params: { id } }, deps: ApiDeps) {
      await getEndpoint(deps, id);
      return { data: (await listPortalLinks(deps.db, id)).map(show) };
    },
  }),
  defineOperation({
    method: 'delete',
    path: '/api/v1/webhooks/{id}/portal-links/{link_id}',
    tag: 'Lead webhooks',
    summary: 'Withdraw a link',
    description: 'Also ends the sessions that it has opened.',
    scope: 'webhooks:write',
    isAtomic: true,
    params: idParameter.extend({ link_id: z.uuid() }),
    response: { status: 204, description: 'The link is withdrawn', data: z.null() },
    problems: { 404: 'No such endpoint or link' },
    async handle({ params: { id, link_id: linkId }, actor }, { db }) {
      if (!(await revokePortalLink(db, { id: linkId, endpointId: id }))) throw notFound(`There is no link ${linkId}.`);
      await recordAudit(db, { actor, action: 'webhook.withdraw-portal-link', target: id, details: { linkId } });
      return null;
    },
  }),
];

function show({ created_at, expires_at, last_used_at, ...link }: PortalLink): z.input<typeof portalLink> {
  return {
    ...link,
    ...{ created_at: created_at.toISOString(), expires_at: expires_at.toISOString(), last_used_at: timeOf(last_used_at) },
  };
}
