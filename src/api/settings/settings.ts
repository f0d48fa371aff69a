import { z } from 'zod';
import { defineOperation } from '#api/rest/operation.ts';
import { pageQuery, timeOf, toPage } from '#api/rest/page.ts';
import { roleOf, roles } from '#api/rest/role.ts';
import { listApiKeys } from '#db/api-keys.ts';
import { listAudit } from '#db/audit-log.ts';

const auditEntry = z
  .object({
    id: z.uuid(),
    at: z.iso.datetime(),
    actor: z.string().meta({ description: '`api-key:<name>`, or `command-line`.' }),
    action: z.string().meta({ example: 'webhook.create' }),
    target: z.string(),
    details: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEntry' });

const apiKey = z
  .object({
    id: z.uuid(),
    name: z.string(),
    prefix: z.string().meta({ description: 'The beginning of the key.' }),
    scopes: z.array(z.string()),
    role: z.enum(roles),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable().meta({ description: 'To the minute.' }),
    expiresAt: z.iso.datetime().nullable(),
    revokedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'ApiKey' });

export const settingsOperations = [
  defineOperation({
    method: 'get',
    path: '/api/v1/audit-log',
    tag: 'Settings',
    summary: 'List the audit log, newest first',
    scope: 'admin',
    query: z.strictObject({
      actor: z.string().max(200).optional(),
      action: z.string().max(100).optional().meta({ description: 'A whole action, or its beginning: `webhook`.' }),
      ...pageQuery,
    }),
    response: {
      status: 200,
      description: 'A page of entries',
      data: z.object({
        entries: z.array(auditEntry),
        next: z.string().nullable().meta({ description: 'Cursor of the next page; null on the last page.' }),
      }),
    },
    async handle({ query: { cursor, limit, ...filter } }, { db }) {
      const rows = await listAudit(db, { filter, cursor, limit: limit + 1 });
      const { data, next } = toPage(rows, limit, ({ at, details, ...row }) => ({
        ...row,
        at: at.toISOString(),
        details: { ...details },
      }));
      return { entries: data, next };
    },
  }),
  defineOperation({
    method: 'get',
    path: '/api/v1/api-keys',
    tag: 'Settings',
    summary: 'List the API keys, without their secrets',
    scope: 'admin',
    response: { status: 200, description: 'The keys, the oldest first', data: z.object({ keys: z.array(apiKey) }) },
    async handle(_input, { db }) {
      const keys = (await listApiKeys(db)).map(({ id, name, prefix, scopes, ...times }) => ({
        ...{ id, name, prefix, scopes, role: roleOf(scopes), createdAt: times.created_at.toISOString() },
        ...{ lastUsedAt: timeOf(times.last_used_at), expiresAt: timeOf(times.expires_at), revokedAt: timeOf(times.revoked_at) },
      }));
      return { keys };
    },
  }),
];
