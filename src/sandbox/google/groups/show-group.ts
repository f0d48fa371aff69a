import type { Account } from '#sandbox/google/account.ts';
import { invalidArgument } from '#sandbox/google/google-error.ts';
import { type Group, groupName, myContacts } from './groups.ts';
import { groupsOf } from './memberships.ts';

/** Google docs (contactGroups): the valid paths of `groupFields`, and the default mask. */
const paths = ['clientData', 'groupType', 'memberCount', 'metadata', 'name'] as const;
type GroupPath = (typeof paths)[number];
const standard: readonly GroupPath[] = ['groupType', 'memberCount', 'metadata', 'name'];

/** Parses a mask such as `name,memberCount`; absent or empty means the default. */
export function parseGroupFields(text: string | undefined): readonly GroupPath[] {
  if (!text) return standard;
  const requested = text.split(',').map((path) => path.trim());
  const unknown = requested.find((path) => path !== '' && !isGroupPath(path));
  if (unknown !== undefined) throw invalidArgument(`Invalid groupFields mask path: "${unknown}".`);
  return requested.filter(isGroupPath);
}

function isGroupPath(path: string): path is GroupPath {
  return paths.some((each) => each === path);
}

/** Group resource name → resource names of its members. */
export type MembersByGroup = Map<string, string[]>;

/** Collects the members of all groups in one pass over the contacts. */
export function membersByGroup({ book }: Account): MembersByGroup {
  const members: MembersByGroup = new Map();
  for (const person of book.all()) {
    for (const group of groupsOf(person)) {
      const names = members.get(group);
      if (names) names.push(person.resourceName);
      else members.set(group, [person.resourceName]);
    }
  }
  return members;
}

interface View {
  fields: readonly GroupPath[];
  members: MembersByGroup;
  maxMembers?: number;
}

/** A group as Google returns it: always with resource name and etag; with members if `maxMembers` is not 0. */
export function showGroup(group: Group, { fields, members, maxMembers = 0 }: View): Record<string, unknown> {
  const resourceName = groupName(group);
  const { revision, updateTime, deleted, type: groupType, clientData } = group;
  const memberNames = members.get(resourceName) ?? [];
  const shown = {
    metadata: { updateTime, ...(deleted && { deleted }) },
    groupType,
    ...(memberNames.length > 0 && { memberCount: memberNames.length }),
    clientData,
  };
  return {
    resourceName,
    etag: Buffer.from(`${group.id} ${revision}`).toString('base64url'),
    ...Object.fromEntries(Object.entries(shown).filter(([name]) => isGroupPath(name) && fields.includes(name))),
    ...(fields.includes('name') && { name: group.name, formattedName: resourceName === myContacts ? 'My Contacts' : group.name }),
    ...(maxMembers > 0 && memberNames.length > 0 && { memberResourceNames: memberNames.slice(0, maxMembers) }),
  };
}
