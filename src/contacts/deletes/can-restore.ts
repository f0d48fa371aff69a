import { roleOf } from '#contacts/contact-deps.ts';
import type { ContactUnit } from '#contacts/contact-unit.ts';
import { toSubject } from '#contacts/plan/plan-targets.ts';
import { findPlacement } from '#domain/audience.ts';

/**
 * Whether a lost record can be created again: the account is written to for this person and takes everybody, or an audience places the
 * person there.
 */
export function canRestore({ deps, contact }: ContactUnit, provider: string): boolean {
  if (!contact.liveAt.includes(provider)) return false;
  const role = deps.providers.has(provider) ? roleOf(deps, provider) : null;
  if (role === 'audience')
    return findPlacement(provider, deps.audiences, toSubject({ ...contact, isDeleted: false }, [])) !== null;
  return role === 'everyone';
}
