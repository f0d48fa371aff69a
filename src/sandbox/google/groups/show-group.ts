import type { Account } from '#sandbox/google/account.ts';
import { invalidArgument } from '#sandbox/google/google-error.ts';
import { everyone, type Group, groupName } from './groups.ts';
import { groupsOf } from './memberships.ts';

/** Google docs (contactGroups): the valid paths of `groupFields`, and what is shown where none are given. */
const paths = ['clientData', 'groupType', 'memberCount', 'metadata', 'name'] as const;
type GroupPath = (typeof paths)[number];
const standard: readonly GroupPath[] = ['groupType', 'memberCount', 'metadata', 'name'];

export function parseGroupFields(text: string | undefined): readonly GroupPath[] {
  const asked = (text ?? '').split(',').map((path) => path.trim());
  const unknown = asked.find((path) => path !== '' && !paths.includes(path as GroupPath));
  if (unknown !== undefined) throw invalidArgument(`Invalid groupFields mask path: "${unknown}".`);
  return text ? (asked as GroupPath[]) : standard;
}

export type MembersByGroup = Map<string, string[]>;

/** The members of every group, in one pass over the contacts. */
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

/** A group as Google answers it: always with name and etag; its members only where some were asked for. */
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
    ...Object.fromEntries(Object.entries(shown).filter(([name]) => fields.includes(name as GroupPath))),
    ...(fields.includes('name') && { name: group.name, formattedName: resourceName === everyone ? 'My Contacts' : group.name }),
    ...(maxMembers > 0 && memberNames.length > 0 && { memberResourceNames: memberNames.slice(0, maxMembers) }),
  };
}
