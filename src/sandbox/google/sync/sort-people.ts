import type { Person } from '#sandbox/google/person/person.ts';

/** Google docs (connections.list): `SortOrder`. It is ignored with `requestSyncToken`. */
export const sortOrders = [
  'LAST_MODIFIED_ASCENDING',
  'LAST_MODIFIED_DESCENDING',
  'FIRST_NAME_ASCENDING',
  'LAST_NAME_ASCENDING',
] as const;
export type SortOrder = (typeof sortOrders)[number];

/** `people` come in the order of their last change. */
export function sortPeople(people: Iterable<Person>, order: SortOrder): Person[] {
  const sorted = [...people];
  switch (order) {
    case 'LAST_MODIFIED_ASCENDING':
      return sorted;
    case 'LAST_MODIFIED_DESCENDING':
      return sorted.reverse();
    case 'FIRST_NAME_ASCENDING':
      return sorted.sort(by('givenName', 'familyName'));
    case 'LAST_NAME_ASCENDING':
      return sorted.sort(by('familyName', 'givenName'));
  }
}

function by(...keys: string[]) {
  const textOf = ({ values }: Person) => keys.map((key) => values.names?.[0]?.[key] ?? '').join(' ');
  return (a: Person, b: Person) => textOf(a).localeCompare(textOf(b));
}
