import { createHash } from 'node:crypto';
import { forbidden, unauthorized } from './django/errors.ts';

/** Permissions of the role of a token's user. The real names are longer, such as "Contacts Write Create". */
export const permissions = [
  'contacts.read',
  'contacts.create',
  'contacts.update',
  'contacts.delete',
  'tags.read',
  'tags.write',
  'buckets.read',
  'buckets.create',
  'buckets.update',
  'phonenumbers.read',
  'phonenumbers.update',
  'dispositions.read',
  'hooks.read',
  'hooks.write',
] as const;
export type Permission = (typeof permissions)[number];

/** All except creating buckets, which people do on the dialer's pages. */
export const usualPermissions = permissions.filter((permission) => permission !== 'buckets.create');

export interface Token {
  /** UUID of the manager that owns the key. Used as `created_by` and `modified_by`. */
  user: string;
  permissions: readonly Permission[];
}

type TokenTable = Record<string, readonly Permission[]>;

/** Parses an `Authorization` header. Throws Django REST Framework's 401. */
export function authenticate(header: string | undefined, tokens: TokenTable): Token {
  const [scheme, key, ...rest] = (header ?? '').split(' ').filter(Boolean);
  // Another scheme, such as Bearer, counts as missing credentials.
  if (scheme?.toLowerCase() !== 'token') throw unauthorized('Authentication credentials were not provided.');
  if (key === undefined) throw unauthorized('Invalid token header. No credentials provided.');
  if (rest.length > 0) throw unauthorized('Invalid token header. Token string should not contain spaces.');
  const granted = Object.hasOwn(tokens, key) ? tokens[key] : undefined;
  if (!granted) throw unauthorized('Invalid token.');
  return { user: toUserId(key), permissions: granted };
}

/** Throws the 403 for a missing permission. */
export function requirePermission(token: Token, permission: Permission): void {
  if (!token.permissions.includes(permission)) throw forbidden();
}

/** Derives the user's UUID from a key, so that it survives restarts. */
export function toUserId(key: string): string {
  const digest = createHash('sha256').update(key).digest('hex');
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `4${digest.slice(13, 16)}`,
    `8${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-');
}
