import type { Account } from '#sandbox/calltools/account.ts';
import type { Answer } from '#sandbox/calltools/routes/resource.ts';
import type { Contact } from '#sandbox/calltools/rows.ts';
import type { ContactChange } from './contact-change.ts';
import { updateContact } from './contact-writes.ts';
import { toDialable } from './phone.ts';

/** Contacts that the account's settings treat as the same person, the oldest first. */
export function findDuplicates(account: Account, { values }: ContactChange): Contact[] {
  const { fields, duplicateKeys } = account.settings;
  const ids = Object.entries(values).flatMap(([name, value]) => {
    const type = fields[name];
    if (typeof value !== 'string' || value === '' || !duplicateKeys.some((key) => key === type)) return [];
    return type === 'email' ? account.index.withEmail(value) : account.index.withPhone(toDialable(value, account.settings) ?? '');
  });
  const inOrder = [...new Set(ids)].sort((a, b) => a - b);
  return inOrder.map((id) => account.contacts.find(id)).filter((contact) => contact !== undefined);
}

/**
 * A merge writes the body, blanks included, into the oldest contact. Its answer differs from that of a create and has no `id`. Both were
 * seen by an integrator and are not documented. The answer of an account that rejects duplicates is an assumption.
 */
export function answerDuplicate(account: Account, duplicates: Contact[], change: ContactChange, user: string): Answer {
  const [oldest] = duplicates;
  const merges = account.settings.duplicateMode === 'merge';
  if (merges && oldest) updateContact(account, oldest, change, user);
  const duplicate_contacts = duplicates.map(({ id }) => id);
  return {
    status: account.settings.duplicateStatus,
    body: { duplicate_contacts, duplicate_action: merges ? 'MERGE' : 'REJECT' },
  };
}
