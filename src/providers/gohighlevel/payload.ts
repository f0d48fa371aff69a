import type { RecordPatch } from '#domain/contact.ts';
import type { DoNotContact, PostalAddress } from '#domain/values.ts';
import { fitValues } from './fit-values.ts';
import type { GoHighLevelAccount } from './settings.ts';

/** Builds the body of an update. `null` clears a field. Tags have their own routes, and an update does not accept the company. */
export function fromPatch({ set }: Pick<RecordPatch, 'set'>, account: GoHighLevelAccount): Record<string, unknown> {
  const fitted = fitValues(set, account);
  const { givenName, familyName, jobTitle, source, emails, phones, addresses, birthday, doNotContact } = fitted;
  const body: Record<string, unknown> = {
    firstName: givenName,
    lastName: familyName,
    source,
    email: emails && (emails[0]?.address ?? null),
    phone: phones && (phones[0]?.e164 ?? phones[0]?.raw ?? null),
    ...(addresses && fromAddress(addresses[0])),
    dateOfBirth: birthday,
    dndSettings: doNotContact && fromDoNotContact(doNotContact),
    // HighLevel documents no way to clear a custom field; an empty text is assumed to.
    customFields: jobTitle === undefined ? undefined : [{ id: account.jobTitleField, field_value: jobTitle ?? '' }],
  };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

/** Builds the body of a create: includes company and tags, and omits empty values. */
export function fromNew(
  patch: Pick<RecordPatch, 'set' | 'addTags'>,
  reference: string,
  account: GoHighLevelAccount,
): Record<string, unknown> {
  const { company, jobTitle, tags } = fitValues({ ...patch.set, tags: patch.addTags }, account);
  const customFields = [
    { id: account.referenceField, field_value: reference },
    { id: account.jobTitleField, field_value: jobTitle },
  ].filter(({ id, field_value }) => id && field_value);
  const body = {
    ...fromPatch(patch, account),
    companyName: company,
    tags,
    customFields: customFields.length > 0 ? customFields : undefined,
  };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined && value !== null && value !== ''));
}

/**
 * Writes denials only. HighLevel sets some of them itself, after a STOP or a complaint, and consent given elsewhere does not cover
 * those. So a denial in HighLevel is only lifted there, by a person.
 */
function fromDoNotContact({ call, sms, email }: DoNotContact): Record<string, { status: string }> | undefined {
  const denied = Object.entries({ Call: call, SMS: sms, Email: email }).filter(([, isDenied]) => isDenied);
  return denied.length > 0 ? Object.fromEntries(denied.map(([channel]) => [channel, { status: 'active' }])) : undefined;
}

/** Postal code and country do not accept null (HighLevel docs): an empty string clears the postal code, nothing clears the country. */
function fromAddress(address: PostalAddress | undefined): Record<string, unknown> {
  return {
    address1: address?.street ?? null,
    city: address?.city ?? null,
    state: address?.region ?? null,
    postalCode: address?.postalCode ?? '',
    country: address?.country ?? undefined,
  };
}
