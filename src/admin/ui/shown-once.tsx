import { Alert, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Copy } from './copy.tsx';

interface ShownOnceProps {
  /** The name of the secret in a sentence: `key`, `link`. */
  what: string;
  secret: string;
  /** Its purpose, or a warning. */
  children?: ReactNode;
}

/** A secret that the API returns once, with a button that copies it. */
export function ShownOnce({ what, secret, children }: ShownOnceProps) {
  return (
    <Alert variant="light" color="gray" title={`Copy the ${what} now: it is not shown again`}>
      {children && (
        <Text size="sm" mb="sm">
          {children}
        </Text>
      )}
      <Group gap="sm">
        <code className="wrap" data-testid="secret">
          {secret}
        </code>
        <Copy value={secret} />
      </Group>
    </Alert>
  );
}
