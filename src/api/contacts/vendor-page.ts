import type { ApiDeps } from '#api/deps.ts';

interface VendorRecord {
  provider: string;
  accountId: string;
  externalId: string | null;
}

/** The page of a record in the vendor's web app; null where there is none or it is not known, and for records of a sandbox. */
export function findVendorPage(
  { contacts, sandboxes = [] }: Pick<ApiDeps, 'contacts' | 'sandboxes'>,
  { provider, accountId, externalId }: VendorRecord,
): string | null {
  if (externalId === null || sandboxes.some(({ id }) => id === provider)) return null;
  return contacts.providers.get(provider)?.provider.doubles?.toUrl?.({ externalId, accountId }) ?? null;
}
