import type { Contact } from '#sandbox/gohighlevel/contacts/contact.ts';
import type { GoHighLevelSettings } from '#sandbox/gohighlevel/settings.ts';
import type { Hit } from './hit-list.ts';

/**
 * A contact in a search result. HighLevel docs ("Contacts Search API"): names in lower case only, the street as `address`, additional
 * emails as plain strings.
 */
export function toHit({ contact, searchAfter }: Hit, { searchTypes }: GoHighLevelSettings): object {
  const { id, locationId, email, phone, companyName, city, state, country, postalCode, source, assignedTo, website } = contact;
  const { type, tags, customFields, dnd, dndSettings, dateAdded, dateUpdated, dateOfBirth } = contact;
  return {
    ...{ id, locationId, ...lowerCaseNames(contact), email, phone, companyName, address: contact.address1, city, state, country },
    ...{ postalCode, source, assignedTo, website, type, tags, customFields, dnd, dndSettings },
    ...{ dateAdded, dateUpdated, dateOfBirth, followers: [] },
    additionalEmails: contact.additionalEmails ?? [],
    additionalPhones: contact.additionalPhones ?? [],
    searchAfter,
    ...(searchTypes === 'live' && liveTypes(contact)),
  };
}

/** The types that integrators see in live results. A postal code with a leading zero stays a text. */
function liveTypes({ dateOfBirth, postalCode = '', dnd }: Contact): object {
  return {
    ...(dateOfBirth && { dateOfBirth: Date.parse(dateOfBirth) }),
    ...(/^[1-9]\d*$/.test(postalCode) && { postalCode: Number(postalCode) }),
    dnd: dnd || null,
  };
}

function lowerCaseNames({ firstName, lastName }: Contact) {
  return { firstNameLowerCase: firstName?.toLowerCase(), lastNameLowerCase: lastName?.toLowerCase() };
}
