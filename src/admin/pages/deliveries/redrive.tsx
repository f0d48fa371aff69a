import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ask, rest } from '#admin/rest/client.ts';
import { useAct } from '#admin/ui/act.ts';
import { DialogButton } from '#admin/ui/dialog-button.tsx';
import { Loaded } from '#admin/ui/page.tsx';
import { given } from '#admin/ui/search.ts';

interface RedriveFilter {
  endpoint_id?: string | undefined;
  event_type?: string | undefined;
  error_class?: string | undefined;
  since?: string | undefined;
}

/** Sends all dead letters that match a filter again, after it has said how many they are. */
export function Redrive({ filter }: { filter: RedriveFilter }) {
  return (
    <DialogButton label="Send all of these again" title="Send dead letters again" button={{ size: 'sm' }}>
      {(close) => <Preview filter={filter} close={close} />}
    </DialogButton>
  );
}

function Preview({ filter, close }: { filter: RedriveFilter; close: () => void }) {
  const body = { filter: given(filter) as object, rate_per_second: null };
  const count = useQuery({
    queryKey: ['redrive', filter],
    queryFn: () => ask(rest.POST('/api/v1/webhooks/dead-letters/redrive', { body: { ...body, dry_run: true } })),
    refetchInterval: false,
    gcTime: 0,
  });
  const start = useAct(
    () => ask(rest.POST('/api/v1/webhooks/dead-letters/redrive', { body: { ...body, dry_run: false } })),
    ({ redrivable }) => {
      close();
      return `${redrivable} ${redrivable === 1 ? 'delivery is' : 'deliveries are'} sent again.`;
    },
  );
  return (
    <Loaded query={count}>
      {({ matching, redrivable }) => (
        <Stack>
          <Text>
            {redrivable} of {matching} dead letters can be sent again, oldest first.
            {redrivable < matching && ' The others are for endpoints that are off.'}
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Leave them
            </Button>
            <Button disabled={redrivable === 0} loading={start.isPending} onClick={() => start.mutate()}>
              Send {redrivable} again
            </Button>
          </Group>
        </Stack>
      )}
    </Loaded>
  );
}
