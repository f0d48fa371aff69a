import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useAccountName } from '#admin/rest/accounts.ts';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import { useAct } from '#admin/ui/act.ts';
import { DialogButton } from '#admin/ui/dialog-button.tsx';
import { Loaded } from '#admin/ui/page.tsx';
import { Writes } from '#admin/ui/words/writes.tsx';

type Failure = Schemas['FailureGroup'];
type Write = Schemas['RemoteWrite'];
type Cause = Pick<Failure, 'provider' | 'type'>;

/** Retries everybody of a cause, after a look at what would be written. */
export function Retry({ failure }: { failure: Failure }) {
  const label = failure.contacts === 1 ? 'Retry it …' : `Retry all ${failure.contacts} …`;
  return (
    <DialogButton label={label} title="Try again" size="lg" hotkey="r">
      {(close) => <Preview failure={failure} close={close} />}
    </DialogButton>
  );
}

const maxExamples = 5;

function Preview({ failure, close }: { failure: Failure; close: () => void }) {
  const { provider, type } = failure;
  const accountName = useAccountName();
  const preview = useQuery({
    queryKey: ['retry-preview', provider, type],
    queryFn: () => retryAll({ provider, type }, { dryRun: true, maxPages: 5 }),
    refetchInterval: false,
    gcTime: 0,
  });
  const retry = useAct(
    () => retryAll({ provider, type }, { dryRun: false }),
    ({ people }) => {
      close();
      return `${people} ${people === 1 ? 'person is' : 'people are'} tried again.`;
    },
  );
  return (
    <Loaded query={preview}>
      {({ people, writes, isMore }) => (
        <Stack>
          <Text>{sayWrites({ people, writes, isMore }, accountName)}</Text>
          {failure.isPermanent && (
            <Text size="sm" c="dimmed">
              The vendor refused the values as they are: without a change there or in Accord it refuses them again.
            </Text>
          )}
          {writes.length > 0 && (
            <div>
              {writes.length > maxExamples && <Text size="sm">The first of them:</Text>}
              <Writes writes={writes.slice(0, maxExamples)} />
            </div>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Not now
            </Button>
            <Button onClick={() => retry.mutate()} loading={retry.isPending}>
              Retry {isMore ? 'all' : people}
            </Button>
          </Group>
        </Stack>
      )}
    </Loaded>
  );
}

interface Retried {
  people: number;
  writes: Write[];
  /** There are more than were looked at. */
  isMore: boolean;
}

/** `20 people are tried again. This makes 22 writes: 20 to Square, 2 to Google Contacts.` */
function sayWrites({ people, writes, isMore }: Retried, accountName: (id: string) => string): string {
  const counts = [...Map.groupBy(writes, ({ provider }) => provider)].map(
    ([id, { length }]) => `${length} to ${accountName(id)}`,
  );
  const who = `${isMore ? 'The first ' : ''}${people} ${people === 1 ? 'person is' : 'people are'} tried again.`;
  if (writes.length === 0) return `${who} Nothing is left to be written: only the failure is cleared.`;
  return `${who} This makes ${writes.length} ${writes.length === 1 ? 'write' : 'writes'}: ${counts.join(', ')}.`;
}

async function retryAll(
  { provider, type }: Cause,
  { dryRun, maxPages = Infinity }: { dryRun: boolean; maxPages?: number },
): Promise<Retried> {
  const retried: Retried = { people: 0, writes: [], isMore: true };
  let cursor: string | null = null;
  for (let pages = 0; retried.isMore && pages < maxPages; pages += 1) {
    const body = { provider, error: type, dryRun, limit: 200, ...(cursor === null ? {} : { cursor }) };
    const page: RetriedPage = await askData(rest.POST('/api/v1/contacts/retry', { body }));
    retried.people += page.contacts.length;
    retried.writes.push(...page.writes);
    cursor = page.next;
    retried.isMore = cursor !== null;
  }
  return retried;
}

interface RetriedPage {
  contacts: readonly object[];
  writes: Write[];
  next: string | null;
}
