import { List } from '@mantine/core';
import type { Schemas } from '#admin/rest/client.ts';
import { fieldLabel, sayValue } from './names.ts';

type Write = Schemas['RemoteWrite'];

/** Writes to systems, one line each. */
export function Writes({ writes }: { writes: readonly Write[] }) {
  return (
    <List size="sm" spacing={4}>
      {writes.map((write) => (
        <List.Item key={`${write.provider} ${write.externalId ?? write.contactId}`} className="wrap">
          <b>{write.provider}</b>: {write.operation === 'create' ? 'a new record' : `record ${write.externalId}`}
          {sayChanges(write) && `, ${sayChanges(write)}`}
        </List.Item>
      ))}
    </List>
  );
}

function sayChanges({ set, addTags, removeTags, addLists, removeLists }: Write): string {
  const lists: [string, string[]][] = [
    ['with the tag', addTags],
    ['without the tag', removeTags],
    ['into', addLists],
    ['out of', removeLists],
  ];
  return [
    ...Object.entries(set).map(([field, value]) => `${fieldLabel(field)} “${sayValue(value)}”`),
    ...lists.filter(([, values]) => values.length > 0).map(([says, values]) => `${says} ${values.join(', ')}`),
  ].join('; ');
}
