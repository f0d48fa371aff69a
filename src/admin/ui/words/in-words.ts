import { useQuery } from '@tanstack/react-query';
import { accountsQuery } from '#admin/rest/accounts.ts';
import { fieldLabel } from './names.ts';

/** A sentence of the API, with accounts by their names and fields in plain words: `givenName from square` → `given name from Square`. */
export function putInWords(text: string, accounts: readonly { provider: string; name: string }[]): string {
  const names = new Map(accounts.map(({ provider, name }) => [provider, name]));
  const fields = text.replace(/\b[a-z]+[A-Z]\w*\b/g, (field) => fieldLabel(field).toLowerCase());
  // Ids of further accounts have a hyphen.
  return fields.replace(/[a-z][a-z\d]*(?:-[a-z\d]+)*/gi, (word) => names.get(word) ?? word);
}

export function useInWords(): (text: string) => string {
  const { data } = useQuery(accountsQuery);
  return (text) => putInWords(text, data?.accounts ?? []);
}
