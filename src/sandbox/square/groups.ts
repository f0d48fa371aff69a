import type { Clock } from '#sandbox/core/clock.ts';
import type { Store } from '#sandbox/core/store.ts';
import { notFound } from './api-error.ts';
import { newId } from './ids.ts';

/** Square docs (CustomerGroup). */
export interface Group {
  id: string;
  name: string;
  created_at: string;
  updated_at: string;
}

export type Groups = ReturnType<typeof createGroups>;

/** The seller's customer groups. */
export function createGroups(store: Store, clock: Clock) {
  const groups = store.collection<Group>('groups');
  return {
    exists: (id: string) => groups.get(id) !== undefined,
    get(id: string): Group {
      const group = groups.get(id);
      if (!group) throw notFound(`Group with ID \`${id}\` not found.`);
      return group;
    },
    all: () => [...groups.values()],
    create(name: string, id = newId()): Group {
      const group = { id, name, created_at: clock.isoNow(), updated_at: clock.isoNow() };
      groups.put(id, group);
      return group;
    },
  };
}
