import { z } from 'zod';
import { defineOperation } from '#api/rest/operation.ts';
import { nextCursor, pageQuery, toPage } from '#api/rest/page.ts';
import { listAudit } from '#db/audit-log.ts';
import { apiKeyOperations } from './api-keys.ts';
import { scheduleOperations } from './schedules.ts';

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

const settingsFile = z
  .object({
    path: z.string(),
    profile: z
      .string()
      .nullable()
      .meta({ description: '`ACCORD_PROFILE`: the part of `profiles` that is merged over the rest.' }),
    text: z.string().meta({ description: 'As this process loaded it at its start.' }),
    isChanged: z.boolean().meta({ description: 'Whether the file has changed since. Changes take effect after a restart.' }),
    problems: z.array(z.string()).meta({ description: 'The problems of the file as it is now: with any, a restart would fail.' }),
  })
  .meta({ id: 'SettingsFile' });

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
        next: nextCursor,
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
    path: '/api/v1/settings',
    tag: 'Settings',
    summary: 'Show accord.yaml as it was loaded, and whether it is still valid',
    scope: 'admin',
    response: {
      status: 200,
      description: 'The file; null where none is known',
      data: z.object({ file: settingsFile.nullable() }),
    },
    async handle(_input, { configFile }) {
      return { file: configFile ? { ...configFile.loaded, ...configFile.check() } : null };
    },
  }),
  defineOperation({
    method: 'get',
    path: '/api/v1/audiences',
    tag: 'Settings',
    summary: 'List the audiences of accord.yaml',
    scope: 'sync:read',
    response: {
      status: 200,
      description: 'The audiences, in the order of the file',
      data: z.object({
        audiences: z.array(z.object({ audience: z.string(), accounts: z.array(z.string()) })).meta({
          description: 'Each with the accounts that its members are written to.',
        }),
      }),
    },
    async handle(_input, { audiences }) {
      return { audiences: audiences.map(({ name, then }) => ({ audience: name, accounts: Object.keys(then) })) };
    },
  }),
  ...apiKeyOperations,
  ...scheduleOperations,
];
