import { Anchor, Button, Group, Paper, SimpleGrid, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Schemas } from '#admin/rest/client.ts';
import { useMay } from '#admin/rest/session.ts';
import { Loaded } from '#admin/ui/page.tsx';
import { AccountNames } from '#admin/ui/words/account-names.tsx';
import { fieldLabel, sayValue } from '#admin/ui/words/names.ts';
import { Time } from '#admin/ui/words/time.tsx';
import { PlannedWrites } from '#admin/ui/words/writes.tsx';
import { usePreview, useSettle } from './use-settle.ts';

interface ConflictProps {
  conflict: Schemas['OpenConflict'];
  /** Keys act on it. */
  isActive: boolean;
  onChoose: () => void;
}

/** A record that keeps another value than Accord has, until a person decides. */
export function Conflict({ conflict, isActive, onChoose }: ConflictProps) {
  const { id, contactId, name, provider, field, before, after, since } = conflict;
  const mayWrite = useMay('sync:write');
  const settle = useSettle();
  const label = fieldLabel(field);
  return (
    <Paper
      withBorder
      p="md"
      id={`conflict-${id}`}
      component="article"
      aria-label={`${label} of ${name ?? 'a person'}`}
      className={isActive ? 'pair pair-active' : 'pair'}
      onClick={onChoose}
    >
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={3} size="h5" className="wrap">
            <Anchor component={Link} to={`/people/${contactId}`} underline="always">
              {name ?? '(no name)'}
            </Anchor>
          </Title>
          <Text size="sm" className="wrap">
            {label}: “{sayValue(before)}” in Accord, “{sayValue(after)}” in <AccountNames ids={[provider]} />
          </Text>
          <Text size="sm" c="dimmed">
            both were changed <Time at={since} />
          </Text>
        </div>
        {mayWrite && (
          <Group gap="xs">
            <Button
              size="xs"
              variant="default"
              aria-keyshortcuts="s"
              loading={settle.isPending}
              onClick={() => settle.mutate({ contactId, conflict: id, value: 'kept', field })}
            >
              Keep Accord’s value
            </Button>
            <Button
              size="xs"
              variant="default"
              aria-keyshortcuts="d"
              loading={settle.isPending}
              onClick={() => settle.mutate({ contactId, conflict: id, value: 'lost', field })}
            >
              Take the other value
            </Button>
          </Group>
        )}
      </Group>
      {isActive && mayWrite && <Previews contactId={contactId} conflict={id} />}
    </Paper>
  );
}

/** What each decision would write. */
function Previews(conflict: { contactId: string; conflict: string }) {
  const kept = usePreview({ ...conflict, value: 'kept' });
  const lost = usePreview({ ...conflict, value: 'lost' });
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} mt="sm">
      {[
        { title: 'Keep Accord’s value', preview: kept },
        { title: 'Take the other value', preview: lost },
      ].map(({ title, preview }) => (
        <div key={title}>
          <Text size="sm" fw={600}>
            {title}
          </Text>
          <Loaded query={preview}>{({ writes }) => <PlannedWrites writes={writes} />}</Loaded>
        </div>
      ))}
    </SimpleGrid>
  );
}
