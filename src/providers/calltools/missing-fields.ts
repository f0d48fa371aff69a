import { listSettings } from '#providers/custom-fields.ts';
import type { CallOptions, MissingField } from '#providers/provider.ts';
import { type Connection, contactPath } from './connection.ts';
import { anyContact, page } from './schema.ts';
import { type CallToolsAccount, vendor } from './settings.ts';

/** Several contacts, in case an answer leaves out empty fields: that is not documented. */
const sampleSize = 25;

/**
 * Finds the configured fields that no contact of a page shows. CallTools has no call that lists fields, and a write to an unknown one
 * is silently ignored (seen by integrators). An account without contacts tells nothing.
 */
export async function findMissingFields({ send, account }: Connection, call?: CallOptions): Promise<MissingField[]> {
  const query = { page: 1, page_size: sampleSize, ordering: 'id' };
  const { results } = await send({ operation: 'list contacts', method: 'GET', path: '/contacts/', query }, page, call);
  const rows = results.flatMap((row) => anyContact.safeParse(row).data ?? []);
  const [first] = rows;
  if (!first) return [];
  // Listing rows can lack the phones that a read returns (seen by integrators).
  const path = contactPath(String(first.id));
  const read = await send({ operation: 'read contact', method: 'GET', path }, anyContact, call);
  const known = new Set([read, ...rows].flatMap((contact) => Object.keys(contact)));
  const existing = [...known].filter((name) => !isBuiltIn(name)).toSorted();
  return configuredFields(account)
    .filter(({ field }) => !known.has(field))
    .map((missing) => ({ ...missing, existing }));
}

function configuredFields(account: CallToolsAccount): Pick<MissingField, 'setting' | 'field'>[] {
  const phones = Object.entries(account.phoneFields).map(([label, field]) => ({ setting: `phoneFields.${label}`, field }));
  const others = (['emailField', 'companyField', 'birthdayField', 'referenceField'] as const).flatMap((setting) => {
    const field = account[setting];
    return field === undefined ? [] : [{ setting, field }];
  });
  const own = [...phones, ...others].map(({ setting, field }) => ({ setting: `accounts.calltools.${setting}`, field }));
  return [...own, ...listSettings(account.customFields, vendor.id)];
}

/** Columns that every account has (seen by integrators): none of them is a field that an account's owner has made. */
const builtIn = new Set(
  (
    'id uuid account_id first_name last_name address city state zip_code county country time_zone status ready do_not_contact ' +
    'suppress_until owned_by user_queue call_uuid tags buckets disposition system_disposition call_disposition ' +
    'all_phone_numbers_fdnc emails_sent consecutive_no_contact created_by modified_by created_on updated_on'
  ).split(' '),
);

function isBuiltIn(name: string): boolean {
  return builtIn.has(name) || /^(_|last_(call|sms|email)_|calls_|sms_)/.test(name);
}
