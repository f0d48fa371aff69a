import { useQuery } from '@tanstack/react-query';
import { accountsQuery, useAccountName } from '#admin/rest/accounts.ts';

/** Accounts as people know them, each one once, in the order that all lists have: `Square and Google Contacts`. */
export function AccountNames({ ids }: { ids: readonly string[] }) {
  const nameOf = useAccountName();
  const order = useQuery(accountsQuery).data?.accounts.map(({ provider }) => provider) ?? [];
  const sorted = ids.toSorted((one, other) => order.indexOf(one) - order.indexOf(other));
  return new Intl.ListFormat('en').format([...new Set(sorted.map(nameOf))]);
}
