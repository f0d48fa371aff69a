import { Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { askData, rest } from '#admin/rest/client.ts';
import { DialogButton } from '#admin/ui/dialog-button.tsx';
import { Loaded } from '#admin/ui/page.tsx';
import { PlannedWrites } from '#admin/ui/words/writes.tsx';

/** Shows every write that a merge causes, before it is made. */
export function Merge({ candidateId, onMerge }: { candidateId: string; onMerge: () => Promise<unknown> }) {
  return (
    <DialogButton label="Same person …" title="Make them one contact" size="lg" hotkey="s">
      {(close) => <Preview candidateId={candidateId} onMerge={onMerge} close={close} />}
    </DialogButton>
  );
}

function Preview({ candidateId, onMerge, close }: { candidateId: string; onMerge: () => Promise<unknown>; close: () => void }) {
  const [isBusy, busy] = useDisclosure(false);
  const preview = useQuery({
    queryKey: ['merge-preview', candidateId],
    queryFn: () =>
      askData(rest.POST('/api/v1/candidates/{id}/accept', { params: { path: { id: candidateId }, query: { preview: 'true' } } })),
    refetchInterval: false,
    gcTime: 0,
  });
  const merge = async () => {
    busy.open();
    await onMerge().then(close, () => {});
    busy.close();
  };
  return (
    <Loaded query={preview}>
      {({ writes }) => (
        <Stack>
          <PlannedWrites writes={writes} />
          <Text size="sm" c="dimmed">
            No record is deleted, and you can undo it.
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Not yet
            </Button>
            <Button onClick={merge} loading={isBusy}>
              Same person
            </Button>
          </Group>
        </Stack>
      )}
    </Loaded>
  );
}
