import type { Store } from '#sandbox/core/store.ts';
import { GoogleError, invalidArgument, notFound } from '#sandbox/google/google-error.ts';
import type { Timestamp } from '#sandbox/google/timestamp.ts';

/** A label that the user created, or one of Google's own groups. */
export interface Group {
  /** The part after `contactGroups/`. */
  id: string;
  name: string;
  type: 'USER_CONTACT_GROUP' | 'SYSTEM_CONTACT_GROUP';
  revision: number;
  updateTime: string;
  clientData: { key?: string | undefined; value?: string | undefined }[];
  deleted?: true;
}
export type GroupChanges = { [K in 'name' | 'clientData']?: Group[K] | undefined };

/** Google docs (contactGroups): friends, family and coworkers are deprecated and take no new contacts. */
const systemGroups = ['myContacts', 'starred', 'friends', 'family', 'coworkers', 'blocked'];
const systemGroupsWithMembers = ['myContacts', 'starred'];

/** The group that a contact is in by default. */
export const myContacts = 'contactGroups/myContacts';

export type Groups = ReturnType<typeof createGroups>;

/** The account's contact groups. Google's own groups exist from the start. */
export function createGroups(store: Store, timestamp: Timestamp) {
  const groups = store.collection<Group>('contact-groups');
  const counters = store.collection<number>('counters');
  if (groups.size === 0) for (const id of systemGroups) put(toSystemGroup(id, timestamp()));

  /** Deletes first, so that the collection keeps the order of the last change. */
  function put(group: Group): Group {
    store.transaction(() => {
      groups.delete(group.id);
      groups.put(group.id, group);
    });
    return group;
  }

  function find(resourceName: string): Group | undefined {
    const group = groups.get(resourceName.replace(/^contactGroups\//, ''));
    return group?.deleted ? undefined : group;
  }

  function write(group: Group, changes: Partial<Group>): Group {
    return put({ ...group, ...changes, revision: group.revision + 1, updateTime: timestamp() });
  }

  /** Google docs: names are unique; a taken name is a 409. */
  function checkName(name: string | undefined, self?: Group): string {
    if (!name?.trim()) throw invalidArgument('Contact group name must be set.');
    const taken = [...groups.values()].some((group) => !group.deleted && group.id !== self?.id && group.name === name);
    if (taken) throw new GoogleError('ALREADY_EXISTS', 'Contact group name already exists.');
    return name;
  }

  return {
    find,
    get(resourceName: string): Group {
      const group = find(resourceName);
      if (!group) throw notFound();
      return group;
    },
    /** Deleted groups included, the last changed last. */
    all: () => [...groups.values()],

    /** Google docs (members:modify): only user groups, myContacts and starred can gain members. */
    canGainMembers(resourceName: string): boolean {
      const group = find(resourceName);
      return group !== undefined && (group.type === 'USER_CONTACT_GROUP' || systemGroupsWithMembers.includes(group.id));
    },

    create({ name, clientData = [] }: GroupChanges): Group {
      const checked = checkName(name);
      const next = (counters.get('contact-groups') ?? 0) + 1;
      counters.put('contact-groups', next);
      const id = ((BigInt(next) * 0x9e37_79b9_7f4a_7c15n) & 0xffff_ffff_ffffn).toString(16);
      return put({ id, name: checked, type: 'USER_CONTACT_GROUP', revision: 1, updateTime: timestamp(), clientData });
    },
    update(group: Group, { name, clientData }: GroupChanges): Group {
      refuseSystemGroup(group);
      return write(group, { name: checkName(name, group), ...(clientData && { clientData }) });
    },
    remove(group: Group): Group {
      refuseSystemGroup(group);
      return write(group, { deleted: true });
    },
  };
}

/** The group's resource name. */
export const groupName = ({ id }: Group) => `contactGroups/${id}`;

function toSystemGroup(id: string, updateTime: string): Group {
  return { id, name: id, type: 'SYSTEM_CONTACT_GROUP', revision: 1, updateTime, clientData: [] };
}

function refuseSystemGroup({ type }: Group): void {
  if (type === 'SYSTEM_CONTACT_GROUP') throw invalidArgument('System contact groups can not be changed.');
}
