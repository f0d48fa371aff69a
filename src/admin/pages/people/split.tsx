import { Button, Checkbox, Group, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAccountName } from '#admin/rest/accounts.ts';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import { useAct } from '#admin/ui/act.ts';
import { DialogButton } from '#admin/ui/dialog-button.tsx';
import { Loaded } from '#admin/ui/page.tsx';
import { PlannedWrites } from '#admin/ui/words/writes.tsx';

type Contact = Schemas['ExplainedContact'];

const splitOff = (id: string, records: string[], preview: 'true' | 'false') =>
  askData(rest.POST('/api/v1/contacts/{id}/split', { params: { path: { id }, query: { preview } }, body: { records } }));

/** Gives some records of a contact, which are of somebody else, to a contact of their own. */
export function Split({ contact: { id, links } }: { contact: Contact }) {
  const linked = links.filter(({ state }) => state === 'linked');
  if (linked.length < 2) return null;
  return (
    <DialogButton label="Split …" title="Two people in one" button={{ variant: 'default' }} size="lg">
      {(close) => <Choice id={id} links={linked} close={close} />}
    </DialogButton>
  );
}

function Choice({ id, links, close }: { id: string; links: Contact['links']; close: () => void }) {
  const accountName = useAccountName();
  const [records, setRecords] = useState<string[]>([]);
  const split = useAct(
    () => splitOff(id, records, 'false'),
    () => {
      close();
      return 'They are two contacts now.';
    },
  );
  const isChoice = records.length > 0 && records.length < links.length;
  return (
    <Stack>
      <Checkbox.Group label="Which records are of the other person?" value={records} onChange={setRecords}>
        <Stack gap="xs" mt="xs">
          {links.map(({ id: linkId, provider, externalId }) => (
            <Checkbox key={linkId} value={linkId} label={`${accountName(provider)}: ${externalId}`} />
          ))}
        </Stack>
      </Checkbox.Group>
      {isChoice && <Preview id={id} records={records} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          Leave them together
        </Button>
        <Button onClick={() => split.mutate()} disabled={!isChoice} loading={split.isPending}>
          Split
        </Button>
      </Group>
    </Stack>
  );
}

function Preview({ id, records }: { id: string; records: string[] }) {
  const preview = useQuery({
    queryKey: ['split-preview', id, records],
    queryFn: () => splitOff(id, records, 'true'),
    refetchInterval: false,
    retry: false,
    gcTime: 0,
  });
  return <Loaded query={preview}>{({ writes }) => <PlannedWrites writes={writes} />}</Loaded>;
}
