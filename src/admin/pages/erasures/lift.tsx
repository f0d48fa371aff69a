import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { askData, rest } from '#admin/rest/client.ts';
import { useAct } from '#admin/ui/act.ts';
import { DialogButton } from '#admin/ui/dialog-button.tsx';

/** Lets an erased person return. */
export function Lift({ id }: { id: string }) {
  return (
    <DialogButton label="Let the person return …" title="Let the person return?" button={{ variant: 'default' }}>
      {(close) => <Form id={id} close={close} />}
    </DialogButton>
  );
}

function Form({ id, close }: { id: string; close: () => void }) {
  const [reason, setReason] = useState('');
  const lift = useAct(
    () => askData(rest.POST('/api/v1/erasures/{id}/lift', { params: { path: { id } }, body: { reason } })),
    () => {
      close();
      return 'Records and forms of the person make a contact again.';
    },
  );
  return (
    <Stack>
      <Text size="sm">Records and forms of the person make a contact again. What was erased stays erased.</Text>
      <TextInput
        label="Reason"
        description="Without personal data."
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
      />
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          Keep the person out
        </Button>
        <Button onClick={() => lift.mutate()} disabled={reason.trim() === ''} loading={lift.isPending}>
          Let the person return
        </Button>
      </Group>
    </Stack>
  );
}
