import { Paper, Text, Title } from '@mantine/core';
import type { Schemas } from '#admin/rest/client.ts';
import { fieldLabel, sayValue } from '#admin/ui/names.ts';
import { Time } from '#admin/ui/time.tsx';

type Entry = Schemas['HistoryEntry'];

/** What happened to a contact, the newest first: what changed, by whom, and the value that lost a conflict. */
export function Timeline({ entries }: { entries: readonly Entry[] }) {
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        What happened
      </Title>
      {entries.length === 0 && (
        <Text size="sm" c="dimmed">
          Nothing yet.
        </Text>
      )}
      <ol className="timeline">
        {entries.map((entry) => (
          <li key={entry.id}>
            <Paper withBorder p="xs">
              <Text size="sm" className="wrap">
                {sayEntry(entry)}
              </Text>
              <Text size="xs" c="dimmed">
                <Time at={entry.at} /> by {entry.actor}
                {entry.cause && `, ${entry.cause}`}
              </Text>
            </Paper>
          </li>
        ))}
      </ol>
    </section>
  );
}

function sayEntry({ kind, provider, field, before, after, losing }: Entry): string {
  const what = kind.replaceAll(/[-_.]/g, ' ');
  const where = provider ? ` (${provider})` : '';
  if (field === null) return `${what.charAt(0).toUpperCase()}${what.slice(1)}${where}`;
  const from = sayValue(before);
  const to = sayValue(after);
  const change = to === '' ? `emptied, was “${from}”` : from === '' ? `“${to}”` : `“${from}” → “${to}”`;
  const lost = sayValue(losing);
  return `${fieldLabel(field)} ${change}${where}${lost ? `; “${lost}” lost` : ''}`;
}
