import { Anchor, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import { useMay } from '#admin/rest/session.ts';
import { useAct } from '#admin/ui/act.ts';
import { DialogButton } from '#admin/ui/dialog-button.tsx';
import { Loaded, Waiting } from '#admin/ui/page.tsx';
import { AccountNames } from '#admin/ui/words/account-names.tsx';
import { useInWords } from '#admin/ui/words/in-words.ts';
import { fieldLabel, sayValue } from '#admin/ui/words/names.ts';
import { Time } from '#admin/ui/words/time.tsx';
import { PlannedWrites } from '#admin/ui/words/writes.tsx';

type Entry = Schemas['ExplainedHistoryEntry'];

/** The history of a contact, the newest first: cause, decision and effect, with the value that lost a conflict. */
export function Timeline({ contactId }: { contactId: string }) {
  const query = useInfiniteQuery({
    queryKey: ['history', contactId],
    queryFn: ({ pageParam }) =>
      askData(
        rest.GET('/api/v1/contacts/{id}/history', {
          params: { path: { id: contactId }, query: { limit: 30, ...(pageParam && { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  const entries = query.data?.pages.flatMap((page) => page.entries);
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        What happened
      </Title>
      <Waiting query={query} />
      <ol className="timeline">
        {entries?.map((entry) => (
          <li key={entry.id}>
            <TimelineEntry contactId={contactId} entry={entry} />
          </li>
        ))}
      </ol>
      {query.hasNextPage && (
        <Button variant="default" size="xs" mt="sm" onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>
          Show older
        </Button>
      )}
    </section>
  );
}

function TimelineEntry({ contactId, entry }: { contactId: string; entry: Entry }) {
  const { at, cause, decision, effects, canUndo } = entry;
  const change = sayChange(entry);
  const mayWrite = useMay('sync:write');
  const inWords = useInWords();
  return (
    <Paper withBorder p="xs">
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div>
          {change && (
            <Text size="sm" fw={600} className="wrap">
              {change}
            </Text>
          )}
          <Text size="sm" className="wrap">
            {inWords(`${cause.says} ${decision}`)}
          </Text>
          <Text size="xs" c="dimmed">
            <Time at={at} />
            {effects.length > 0 && (
              <>
                , then written to <AccountNames ids={effects.map(({ provider }) => provider)} />
              </>
            )}
            {cause.webUi && (
              <>
                {' · '}
                <Anchor href={cause.webUi} target="_blank" rel="noreferrer" size="xs" underline="always">
                  its run in Temporal
                </Anchor>
              </>
            )}
          </Text>
        </div>
        {canUndo && mayWrite && <Undo contactId={contactId} entryId={entry.id} />}
      </Group>
    </Paper>
  );
}

/** The values; null for an entry that is about none. */
function sayChange({ field, before, after, losing, kind }: Entry): string | null {
  if (field === null || kind === 'pushed') return null;
  const from = sayValue(before);
  const to = sayValue(after);
  const change = to === '' ? `emptied, was “${from}”` : from === '' ? `“${to}”` : `“${from}” → “${to}”`;
  const lost = sayValue(losing);
  return `${fieldLabel(field)} ${change}${lost ? `, instead of “${lost}”` : ''}`;
}

function Undo({ contactId, entryId }: { contactId: string; entryId: string }) {
  return (
    <DialogButton label="Undo …" title="Take this back" button={{ size: 'compact-xs', variant: 'default' }} size="lg">
      {(close) => <Preview contactId={contactId} entryId={entryId} close={close} />}
    </DialogButton>
  );
}

function Preview({ contactId, entryId, close }: { contactId: string; entryId: string; close: () => void }) {
  const request = (preview: 'true' | 'false') =>
    askData(
      rest.POST('/api/v1/contacts/{id}/history/{entry}/undo', {
        params: { path: { id: contactId, entry: entryId }, query: { preview } },
      }),
    );
  const preview = useQuery({
    queryKey: ['undo-entry', entryId],
    queryFn: () => request('true'),
    refetchInterval: false,
    retry: false,
    gcTime: 0,
  });
  const undo = useAct(
    () => request('false'),
    () => {
      close();
      return 'It is taken back.';
    },
  );
  return (
    <Loaded query={preview}>
      {({ changes, writes }) => (
        <Stack>
          {changes.map(({ field, before, after }) => (
            <Text key={field} size="sm" className="wrap">
              {fieldLabel(field)}: “{sayValue(before)}” → “{sayValue(after)}”
            </Text>
          ))}
          <PlannedWrites writes={writes} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Keep it
            </Button>
            <Button onClick={() => undo.mutate()} loading={undo.isPending}>
              Take back
            </Button>
          </Group>
        </Stack>
      )}
    </Loaded>
  );
}
