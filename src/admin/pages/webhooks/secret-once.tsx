import { Alert, Button, CopyButton, Group, Text } from '@mantine/core';

/** A secret that the API shows once. */
export function SecretOnce({ secret }: { secret: string }) {
  return (
    <Alert variant="light" color="gray" title="Copy the secret now: it is not shown again">
      <Text size="sm" mb="sm">
        Your app checks the signature of each event with it.
      </Text>
      <Group gap="sm">
        <code className="wrap" data-testid="secret">
          {secret}
        </code>
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button size="xs" variant="default" onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Alert>
  );
}
