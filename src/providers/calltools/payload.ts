import { fieldRow, type ProviderValues, type RecordPatch } from '#domain/contact.ts';
import type { Phone, PostalAddress } from '#domain/values.ts';
import { customFieldEntries } from '#providers/custom-fields.ts';
import { fitValues } from './fit-values.ts';
import { type CallToolsAccount, findCustomFields } from './settings.ts';

/**
 * Builds the body of an update. An empty string clears a field. `do_not_contact` is only ever set; a person lifts it in CallTools.
 */
export function fromPatch({ set }: Pick<RecordPatch, 'set'>, account: CallToolsAccount): Record<string, unknown> {
  const fitted = fitValues(set, account);
  const { givenName, familyName, emails, phones, addresses, doNotContact } = fitted;
  const body: Record<string, unknown> = {
    first_name: givenName === null ? '' : givenName,
    last_name: familyName === null ? '' : familyName,
    ...fromCustomValues(fitted, account),
    ...(emails && { [account.emailField]: emails[0]?.address ?? '' }),
    ...(phones && fromPhones(phones, account)),
    ...(addresses && fromAddress(addresses[0])),
    ...(doNotContact?.call && { do_not_contact: true }),
  };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

/**
 * Builds the body of a create, without empty values: where an account merges a duplicate into an existing contact, they would
 * overwrite its values (seen by integrators).
 */
export function fromNew(patch: Pick<RecordPatch, 'set'>, reference: string, account: CallToolsAccount): Record<string, unknown> {
  const body = { ...fromPatch(patch, account), ...(account.referenceField && { [account.referenceField]: reference }) };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== '' && value !== null));
}

/** A date field accepts null, and no empty string. */
function fromCustomValues(values: ProviderValues, account: CallToolsAccount): Record<string, unknown> {
  const written = customFieldEntries(findCustomFields(account)).filter(([field]) => field in values);
  return Object.fromEntries(
    written.map(([field, key]) => [key, values[field] ?? (fieldRow(field).type === 'date' ? null : '')] as const),
  );
}

/** Writes the phone fields; the ones without a phone are cleared, and one with a text that is no number stays as it is. */
function fromPhones(phones: readonly Phone[], { phoneFields }: CallToolsAccount): Record<string, string> {
  const numbers = Object.entries(phoneFields).map(([slot, field]) => {
    const phone = phones.find(({ label }) => label === slot);
    return [field, phone ? phone.e164 : ''] as const;
  });
  return Object.fromEntries(numbers.filter((entry): entry is [string, string] => entry[1] !== null));
}

function fromAddress(address: PostalAddress | undefined): Record<string, string> {
  return {
    address: address?.street ?? '',
    city: address?.city ?? '',
    state: address?.region ?? '',
    zip_code: address?.postalCode ?? '',
    country: address?.country ?? '',
  };
}
