import type { RecordPatch } from '#domain/contact.ts';
import { isBlank } from '#domain/equality.ts';
import type { DoNotContact, PostalAddress } from '#domain/values.ts';
import { customFieldNames } from '#providers/custom-fields.ts';
import { findCustomFields, fromCustomValues, type LocationFields } from './custom-fields.ts';
import { fitValues } from './fit-values.ts';
import { isDenial } from './mapping.ts';
import type { GoHighLevelContact } from './schema.ts';
import type { GoHighLevelAccount } from './settings.ts';

/** Facts that a body depends on, beside the patch. */
interface Location {
  account: GoHighLevelAccount;
  /** Not needed for a patch without custom fields. */
  fields: LocationFields;
  /** The contact's settings as last read. */
  current?: GoHighLevelContact['dndSettings'];
}

/** Whether the patch writes custom fields, for which their ids and kinds are needed. */
export function hasCustomFields({ set }: Pick<RecordPatch, 'set'>, account: GoHighLevelAccount): boolean {
  return customFieldNames(findCustomFields(account)).some((field) => field in set);
}

/**
 * Builds the body of an update. `null` clears a field. Tags have their own routes. The published schema of an update has no
 * `companyName`, which the live API accepts (highlevel-api-docs issue 314).
 */
export function fromPatch({ set }: Pick<RecordPatch, 'set'>, { account, fields, current }: Location): Record<string, unknown> {
  const fitted = fitValues(set, account);
  const { givenName, familyName, company, source, emails, phones, addresses, birthday, doNotContact } = fitted;
  const customFields = fromCustomValues(fitted, fields);
  const body: Record<string, unknown> = {
    firstName: givenName,
    lastName: familyName,
    companyName: company,
    source,
    email: emails && (emails[0]?.address ?? null),
    phone: phones && (phones[0]?.e164 ?? null),
    ...(addresses && fromAddress(addresses[0])),
    dateOfBirth: birthday,
    dndSettings: doNotContact && fromDoNotContact(doNotContact, current),
    customFields: customFields.length > 0 ? customFields : undefined,
  };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

/** Builds the body of a create: includes tags, and omits empty values. */
export function fromNew(
  patch: Pick<RecordPatch, 'set' | 'addTags'>,
  reference: string,
  { account, fields }: Location,
): Record<string, unknown> {
  const { tags, ...fitted } = fitValues({ ...patch.set, tags: patch.addTags }, account);
  const isFilled = ({ field_value: value }: { field_value: unknown }) => !isBlank(value);
  const customFields = [
    ...(account.referenceField === undefined ? [] : [{ id: account.referenceField, field_value: reference }]),
    ...fromCustomValues(fitted, fields).filter(isFilled),
  ];
  const body: Record<string, unknown> = {
    ...fromPatch(patch, { account, fields }),
    tags,
    customFields: customFields.length > 0 ? customFields : undefined,
  };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined && value !== null && value !== ''));
}

/**
 * Writes denials only. HighLevel sets some of them itself, after a STOP or a complaint, and consent given elsewhere does not cover
 * those. So a denial in HighLevel is only lifted there, by a person.
 *
 * HighLevel does not document whether an update replaces `dndSettings` or merges it. Sending all current settings with the change keeps
 * WhatsApp, `permanent` and unknown statuses either way.
 */
function fromDoNotContact(
  { call, sms, email }: DoNotContact,
  current: GoHighLevelContact['dndSettings'],
): Record<string, object> | undefined {
  const known = Object.entries(current ?? {}).flatMap(([channel, settings]) =>
    settings ? [[channel, toChannel(settings)] as const] : [],
  );
  const isNew = ([channel, isDenied]: [string, boolean]) => isDenied && !isDenial(current?.[channel]?.status);
  const denied = Object.entries({ Call: call, SMS: sms, Email: email }).filter(isNew);
  if (denied.length === 0) return undefined;
  return Object.fromEntries([...known, ...denied.map(([channel]) => [channel, { status: 'active' }] as const)]);
}

/** Only the keys that the published schema of an update has. */
function toChannel({ status, message, code }: { status: string | null; message?: unknown; code?: unknown }): object {
  const settings = { status: status ?? 'inactive', message, code };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined && value !== null));
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
