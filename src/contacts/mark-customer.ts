import type { ContactDeps } from './contact-deps.ts';
import { withContact } from './open-unit.ts';

export interface CustomerMark {
  contactId: string;
  isCustomer: boolean;
  /** Such as `api-key:zapier`, for the history. */
  actor: string;
}

/** Marks a contact as a customer by hand, or removes the mark. False when nothing changes. */
export function markCustomer(deps: ContactDeps, { contactId, isCustomer, actor }: CustomerMark): Promise<boolean> {
  return withContact(deps, { contactId, cause: null }, (unit) => {
    if (unit.contact.isCustomer === isCustomer) return false;
    unit.changeContact({ isCustomer });
    unit.addHistory({ kind: isCustomer ? 'marked_customer' : 'unmarked_customer', actor });
    return true;
  });
}
