import { List, Text } from '@mantine/core';
import type { Schemas } from '#admin/rest/client.ts';
import { AccountNames } from './account-names.tsx';
import { fieldLabel, sayValue } from './names.ts';

type Write = Schemas['RemoteWrite'];

/** The preview of an action: every write that it causes. */
export function PlannedWrites({ writes }: { writes: readonly Write[] }) {
  return (
    <div>
      <Text size="sm">{writes.length === 0 ? 'Nothing is written to any system.' : 'This is written:'}</Text>
      <Writes writes={writes} />
    </div>
  );
}

/** Writes to systems, one line each. */
export function Writes({ writes }: { writes: readonly Write[] }) {
  return (
    <List size="sm" spacing={4}>
      {writes.map((write) => (
        <List.Item key={`${write.provider} ${write.externalId ?? write.contactId}`} className="wrap">
          <b>
            <AccountNames ids={[write.provider]} />
          </b>
          : {write.operation === 'create' ? 'a new record' : `record ${write.externalId}`}
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
