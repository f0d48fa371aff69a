import type { ApiScope } from '#db/api-keys.ts';

export const roles = ['viewer', 'operator', 'admin'] as const;

/** Roles of the admin pages, by scopes. */
export type Role = (typeof roles)[number];

/** The scope `viewer` includes these. */
const readingScopes: readonly string[] = ['sync:read', 'inbox:read', 'webhooks:read', 'connections:read'] satisfies ApiScope[];

/** Whether a key with these scopes may use an operation that needs `scope`. */
export function hasScope(scopes: readonly string[], scope: ApiScope): boolean {
  return scopes.includes(scope) || scopes.includes('admin') || (scopes.includes('viewer') && readingScopes.includes(scope));
}

/** The role of a key: an operator may change something. */
export function roleOf(scopes: readonly string[]): Role {
  if (scopes.includes('admin')) return 'admin';
  return scopes.some((scope) => scope.endsWith(':write')) ? 'operator' : 'viewer';
}
