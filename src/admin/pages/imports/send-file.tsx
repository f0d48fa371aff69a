import { Button, FileInput, Group, Progress, Stack, Text, Textarea } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useAct } from '#admin/ui/act.ts';
import { DialogButton } from '#admin/ui/dialog-button.tsx';
import { readColumns, sendImport } from './send-import.ts';

/** Sends a file, and shows the plan of its import. */
export function SendFile() {
  return (
    <DialogButton label="Import a file …" title="Import a file" size="lg">
      {(close) => <Form close={close} />}
    </DialogButton>
  );
}

function Form({ close }: { close: () => void }) {
  const navigate = useNavigate();
  const [file, setFile] = useState<File | null>(null);
  const [text, setText] = useState('');
  const [share, setShare] = useState(0);
  const send = useAct(
    (chosen: File) => sendImport({ file: chosen, columns: readColumns(text) }, setShare),
    (id) => {
      close();
      void navigate({ to: '/imports/$id', params: { id } });
      return null;
    },
  );
  return (
    <Stack>
      <Text size="sm">
        A CSV export of Google Contacts, Square, HighLevel or Accord, or vCards. The file is only checked at first: nothing is
        imported before you have seen what would be.
      </Text>
      <FileInput
        label="File"
        placeholder="Choose a CSV or vCard file"
        accept=".csv,.vcf,.txt,text/csv,text/vcard"
        value={file}
        onChange={setFile}
      />
      <Textarea
        label="Columns"
        description="Only for a CSV file of another program: one line for each column with its field, such as “Mobile: phone”, or an extra of accord.yaml, such as “Level: extras.membership”."
        placeholder={'Name: fullName\nMobile: phone\nMail: email'}
        autosize
        minRows={3}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      {send.isPending && <Progress value={share * 100} aria-label="Sent" />}
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button onClick={() => file && send.mutate(file)} disabled={!file || file.size === 0} loading={send.isPending}>
          Check the file
        </Button>
      </Group>
    </Stack>
  );
}
