import { Button, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { connection } from '#admin/rest/connection.ts';
import { signIn } from '#admin/rest/session.ts';

/** Takes an API key. The page below stays as it is, so that its address and its forms are there after signing in. */
export function SignInForm() {
  const client = useQueryClient();
  const [key, setKey] = useState('');
  const [fault, setFault] = useState('');
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await signIn({ key });
      connection.signedIn();
      await client.invalidateQueries();
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
    setBusy(false);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <PasswordInput
          label="API key"
          placeholder="accord_…"
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          error={fault || undefined}
          autoComplete="current-password"
          visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the key' }}
          data-autofocus
          required
        />
        <Button type="submit" loading={isBusy}>
          Sign in
        </Button>
        <Text size="sm" c="dimmed">
          A key is made by <code>accord keys create</code>. It is exchanged for a session of twelve hours and not stored in this
          browser.
        </Text>
      </Stack>
    </form>
  );
}

/** The whole page for somebody without a session, at whatever address. */
export function SignInPage() {
  useEffect(() => {
    document.title = 'Sign in · Accord';
  }, []);
  return (
    <main className="sign-in">
      <Paper withBorder p="xl" w="100%" maw={420}>
        <Title order={1} size="h3" mb="md">
          Sign in to Accord
        </Title>
        <SignInForm />
      </Paper>
    </main>
  );
}
