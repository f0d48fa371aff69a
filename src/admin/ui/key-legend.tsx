import { Text } from '@mantine/core';
import { Fragment } from 'react';

/** The keys of a list. Not on telephones, which have none. */
export function KeyLegend({ keys }: { keys: Record<string, string> }) {
  return (
    <Text size="sm" c="dimmed" className="wide-only">
      Keys: <kbd>j</kbd> <kbd>k</kbd> move
      {Object.entries(keys).map(([key, does]) => (
        <Fragment key={key}>
          , <kbd>{key}</kbd> {does}
        </Fragment>
      ))}
    </Text>
  );
}
