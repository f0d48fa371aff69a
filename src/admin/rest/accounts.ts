import { queryOptions, useQuery } from '@tanstack/react-query';
import { askData, rest } from './client.ts';

export const accountsQuery = queryOptions({
  queryKey: ['accounts'],
  queryFn: () => askData(rest.GET('/sync/accounts')),
  staleTime: 60_000,
});

/** Returns the name that people know an account by: GoHighLevel for `gohighlevel`. Other sources, such as web forms, keep their id. */
export function useAccountName(): (id: string) => string {
  const { data } = useQuery(accountsQuery);
  return (id) => data?.accounts.find(({ provider }) => provider === id)?.name ?? id;
}
