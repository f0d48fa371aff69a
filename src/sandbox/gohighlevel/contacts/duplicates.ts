import type { GoHighLevelSettings } from '#sandbox/gohighlevel/settings.ts';
import { VendorError } from '#sandbox/gohighlevel/vendor-error.ts';
import { type Contact, type ContactChanges, fullName } from './contact.ts';
import type { ContactBook, MatchField } from './contact-book.ts';

export interface Match {
  field: MatchField;
  contact: Contact;
}

/** HighLevel help ("Allow Duplicate Contacts"): searches for an existing contact by the first field, then by the second. */
export function findMatch(
  book: ContactBook,
  locationId: string,
  changes: ContactChanges,
  fields: readonly MatchField[],
): Match | null {
  for (const field of fields) {
    const value = changes[field];
    const contact = value ? book.findMatch(locationId, field, value) : undefined;
    if (contact) return { field, contact };
  }
  return null;
}

/** Integrators report: 400, not 409, with the other contact in `meta`, for create and PUT. */
export function refuseDuplicate(
  book: ContactBook,
  settings: GoHighLevelSettings,
  write: { locationId: string; changes: ContactChanges; self?: string },
): void {
  if (settings.allowDuplicateContact) return;
  for (const field of settings.matchFields) {
    const match = findMatch(book, write.locationId, write.changes, [field]);
    if (match && match.contact.id !== write.self) throw duplicateError(match);
  }
}

/** HighLevel docs and api-docs issue 37: an email or phone of another contact is silently dropped. */
export function dropConflicts(book: ContactBook, contact: Contact, changes: ContactChanges): ContactChanges {
  const kept = { ...changes };
  for (const field of ['email', 'phone'] as const) {
    const match = findMatch(book, contact.locationId, changes, [field]);
    if (match && match.contact.id !== contact.id) delete kept[field];
  }
  return kept;
}

function duplicateError({ field, contact }: Match): VendorError {
  const meta = { contactId: contact.id, matchingField: field, contactName: fullName(contact) };
  return new VendorError(400, 'This location does not allow duplicated contacts.', { meta });
}
