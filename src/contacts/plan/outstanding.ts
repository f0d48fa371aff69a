import type { ContactDeps } from '#contacts/contact-deps.ts';
import { intendedStep } from '#domain/sync/plan.ts';
import { type PlannedContact, planContacts } from './plan-contacts.ts';

export interface OutstandingQuery {
  provider: string;
  /** The last contact of the previous page; null for the first page. */
  after: string | null;
  limit: number;
  /** Narrows the contacts; all by default. */
  isHere?(planned: PlannedContact): boolean;
}

/** Ids of contacts whose record at an account must be created or updated, also where the account may not be written to now. */
export async function listOutstanding(
  deps: ContactDeps,
  { provider, after, limit, isHere = () => true }: OutstandingQuery,
): Promise<string[]> {
  const found: string[] = [];
  for await (const page of planContacts(deps, after)) {
    const here = page.filter((planned) => isHere(planned) && isOutstanding(planned, provider));
    found.push(...here.map(({ contact }) => contact.id));
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}

function isOutstanding({ targets }: PlannedContact, provider: string): boolean {
  return targets.some((target) => target.provider === provider && intendedStep(target.step).kind !== 'nothing');
}
