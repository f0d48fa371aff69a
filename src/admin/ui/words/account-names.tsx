import { useAccountName } from '#admin/rest/accounts.ts';

/** Accounts as people know them, each one once: `Square and Google Contacts`. */
export function AccountNames({ ids }: { ids: readonly string[] }) {
  const nameOf = useAccountName();
  return new Intl.ListFormat('en').format([...new Set(ids.map(nameOf))]);
}
