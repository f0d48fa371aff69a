import type { RecordPatch } from '#domain/contact.ts';
import { createOperation, InvalidRequestError, ProviderError, UnavailableError } from '#providers/errors.ts';
import type { CallOptions, ProviderRecord } from '#providers/provider.ts';
import { findRecords } from './find.ts';
import { type Location, read } from './location.ts';
import { vendor } from './refusals.ts';

/** A create that is refused with 422 can have created the contact all the same (seen by an integrator, api-docs issue 64). */
export function isRefusal(error: unknown): boolean {
  return error instanceof InvalidRequestError && error.status === 422;
}

/** What a refused create has created: known by our reference, which nobody else's contact carries. */
export async function findCreated(
  location: Location,
  { set }: Pick<RecordPatch, 'set'>,
  call: CallOptions & { reference: string },
): Promise<ProviderRecord | null> {
  if (location.account.referenceField === undefined) return null;
  const phones = (set.phones ?? []).flatMap(({ e164 }) => e164 ?? []);
  const emails = (set.emails ?? []).map(({ address }) => address);
  try {
    const found = await findRecords(location, { reference: call.reference, phones, emails }, call);
    const created = found.find(({ reference }) => reference === call.reference);
    return created ? await read(location, created.externalId, call) : null;
  } catch (error) {
    throw error instanceof ProviderError ? unknownOutcome(error) : error;
  }
}

/** As after a create whose answer was lost: to be looked for before it is tried again. */
function unknownOutcome(cause: ProviderError): UnavailableError {
  const message = `${vendor.name} refused a contact, and did not say whether it has it now (422, ${createOperation}).`;
  return new UnavailableError({ provider: vendor.id, operation: createOperation, status: 422, message, cause });
}
