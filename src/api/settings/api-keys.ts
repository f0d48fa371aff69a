import { z } from 'zod';
import { conflict, notFound } from '#api/rest/errors.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { idParameter, timeOf } from '#api/rest/page.ts';
import { roleOf, roles } from '#api/rest/role.ts';
import { apiScopes, createApiKey, listApiKeys, revokeApiKey } from '#db/api-keys.ts';

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

const root = '/api/v1/api-keys';
const tag = 'Settings';
const maxDays = 3_650;

export const apiKeyOperations = [
  defineOperation({
    method: 'get',
    path: root,
    tag,
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
  defineOperation({
    method: 'post',
    path: root,
    tag,
    summary: 'Create an API key',
    description: 'Only this response contains the key.',
    scope: 'admin',
    isAtomic: true,
    body: z.strictObject({
      name: z.string().trim().min(1).max(100).meta({ description: 'The person or program that will use it.' }),
      scopes: z.array(z.enum(apiScopes)).min(1).max(apiScopes.length),
      expiresInDays: z.int().min(1).max(maxDays).nullable().default(null).meta({ description: 'Null: it never expires.' }),
    }),
    response: { status: 201, description: 'The key', data: z.object({ id: z.uuid(), key: z.string() }) },
    handle({ body: { name, scopes, expiresInDays }, actor }, { db }) {
      const expiresAt = expiresInDays === null ? null : new Date(Date.now() + expiresInDays * 86_400_000);
      return createApiKey(db, { name, scopes: [...new Set(scopes)], expiresAt, actor });
    },
  }),
  defineOperation({
    method: 'delete',
    path: `${root}/{id}`,
    tag,
    summary: 'Revoke an API key',
    description: 'Also ends its sessions.',
    scope: 'admin',
    isAtomic: true,
    params: idParameter,
    response: { status: 204, description: 'The key is revoked', data: z.null() },
    problems: { 404: 'No such active key', 409: 'It is the key of this request' },
    async handle({ params: { id }, actor, keyId }, { db }) {
      if (id === keyId) throw conflict('own-key', 'This is the key that you use. Sign in with another one to revoke it.');
      if (!(await revokeApiKey(db, id, actor))) throw notFound(`There is no key ${id} that works.`);
      return null;
    },
  }),
];
