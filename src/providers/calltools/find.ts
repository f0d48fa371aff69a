import { normalizeEmail } from '#domain/normalize/email.ts';
import { InvalidRequestError } from '#providers/errors.ts';
import type { CallOptions, ProviderRecord, RecordLookup } from '#providers/provider.ts';
import { type Dialer, getContact, toNamedRecord, vendor } from './dialer.ts';
import { findNumbers } from './mapping.ts';
import { type CallToolsContact, contact, pageOf } from './schema.ts';

/** By each phone, and by email and reference where accord.yaml names a filter that is known to work for them. */
export async function findRecords(dialer: Dialer, lookup: RecordLookup, call?: CallOptions): Promise<ProviderRecord[]> {
  const { account } = dialer;
  const { phoneFilter, emailFilter, emailField, referenceFilter, referenceField = '' } = account;
  const found: CallToolsContact[] = [];
  for (const phone of lookup.phones) {
    const holds: Holds = (row) => findNumbers(row, account).has(phone);
    found.push(...(await findBy(dialer, { filter: phoneFilter, value: phone, holds }, call)));
  }
  for (const email of emailFilter ? lookup.emails : []) {
    const holds: Holds = (row) => normalizeEmail(String(row[emailField] ?? ''))?.address === normalizeEmail(email)?.address;
    found.push(...(await findBy(dialer, { filter: emailFilter ?? '', value: email, holds }, call)));
  }
  if (referenceFilter && lookup.reference !== null) {
    const holds: Holds = (row) => row[referenceField] === lookup.reference;
    found.push(...(await findBy(dialer, { filter: referenceFilter, value: lookup.reference, holds }, call)));
  }
  const byId = new Map(found.map((row) => [row.id, row]));
  return Promise.all([...byId.values()].map((row) => toNamedRecord(dialer, row, call)));
}

type Holds = (row: CallToolsContact) => boolean;

interface Search {
  filter: string;
  value: string;
  holds: Holds;
}

/** More than this many contacts do not share a phone: the answer is the list of all contacts. */
const mostHits = 10;

/** A filter that CallTools does not know is ignored, and the answer is everybody: no row is believed that was not compared. */
async function findBy(dialer: Dialer, { filter, value, holds }: Search, call?: CallOptions): Promise<CallToolsContact[]> {
  const query = { [filter]: value, page_size: mostHits };
  const request = { operation: `find contact by ${filter}`, method: 'GET', path: '/contacts/', query } as const;
  const { count, results } = await dialer.send(request, pageOf(contact), call);
  if (count > mostHits) throw ignoredFilter(filter, count, request.operation);
  const found: CallToolsContact[] = [];
  for (const row of results) {
    // A row may lack the phones that a read shows, so one that does not match proves nothing.
    const full = holds(row) ? row : await getContact(dialer, row.id, call);
    if (holds(full)) found.push(full);
  }
  return found;
}

function ignoredFilter(filter: string, count: number, operation: string): InvalidRequestError {
  const message =
    `CallTools ignored the filter ${filter} and listed ${count} contacts: ` +
    'name one that works for this account in accord.yaml, under accounts.calltools.';
  return new InvalidRequestError({ provider: vendor.id, operation, message });
}
