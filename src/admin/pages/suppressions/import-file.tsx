import { Button, FileInput, Group, List, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { askData, rest } from '#admin/rest/client.ts';
import { useAct } from '#admin/ui/act.ts';
import { DialogButton } from '#admin/ui/dialog-button.tsx';

const send = (file: File, reason: string, dryRun: 'true' | 'false') =>
  askData(
    rest.POST('/api/v1/suppressions/import', {
      params: { query: { dryRun, ...(reason && { reason }) } },
      headers: { 'content-type': 'text/csv' },
      // The OpenAPI document has a file as text; the browser sends it while it reads it.
      body: '',
      bodySerializer: () => file,
    }),
  );

/** Suppresses the rows of a CSV file, after a dry run. */
export function ImportFile() {
  return (
    <DialogButton label="Import …" title="Import a CSV file" button={{ variant: 'default' }} size="lg">
      {(close) => <Form close={close} />}
    </DialogButton>
  );
}

function Form({ close }: { close: () => void }) {
  const [file, setFile] = useState<File | null>(null);
  const [reason, setReason] = useState('');
  const check = useAct(
    (chosen: File) => send(chosen, reason.trim(), 'true'),
    () => null,
  );
  const store = useAct(
    (chosen: File) => send(chosen, reason.trim(), 'false'),
    ({ added, known }) => {
      close();
      return `${added} added, ${known} were on the list already.`;
    },
  );
  const result = check.data;
  return (
    <Stack>
      <Text size="sm">
        One number or address per row, in a column such as “phone”, “email” or “value”, else in the first one. Nothing is stored
        before you have seen what would be.
      </Text>
      <FileInput
        label="File"
        placeholder="Choose a CSV file"
        accept=".csv,text/csv"
        value={file}
        onChange={(chosen) => {
          setFile(chosen);
          if (chosen) check.mutate(chosen);
        }}
      />
      <TextInput
        label="Reason"
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
        maxLength={1_000}
      />
      {result && (
        <div>
          <Text size="sm">
            Rows: {result.rows}. New entries: {result.added}. On the list already: {result.known}. Rows that cannot be read:{' '}
            {result.failed}.
          </Text>
          <List size="sm">
            {result.errors.slice(0, 20).map(({ line, detail }) => (
              <List.Item key={line}>
                line {line}: {detail}
              </List.Item>
            ))}
          </List>
        </div>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button
          onClick={() => file && store.mutate(file)}
          disabled={!file || !result}
          loading={store.isPending || check.isPending}
        >
          Import
        </Button>
      </Group>
    </Stack>
  );
}
