import { Badge, Button, Checkbox, Group, Modal, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type FormEvent, useState } from 'react';
import type { Change, Person } from './live-api.ts';

interface PersonCardProps {
  title: string;
  person: Person | undefined;
  /** Milliseconds until the newest edit arrived here. */
  arrivedMs: number | undefined;
  isOrigin: boolean;
  onEdit: (change: Change, what: string) => Promise<unknown>;
}

const nameOf = ({ givenName = '', familyName = '' }: Person) => `${givenName} ${familyName}`.trim() || '(no name)';

/** One person in one system. A press opens the vendor's form of the record. */
export function PersonCard({ title, person, arrivedMs, isOrigin, onEdit }: PersonCardProps) {
  const [isOpen, { open, close }] = useDisclosure(false);
  if (!person) return <div className="person person-none">not in {title}</div>;
  const { phones, lists = [], doNotCall } = person;
  const mark = isOrigin ? 'edited' : arrivedMs === undefined ? null : `${arrivedMs} ms`;
  return (
    <>
      <UnstyledButton
        className={`person ${isOrigin ? 'person-origin' : arrivedMs === undefined ? '' : 'person-arrived'}`}
        onClick={open}
      >
        <span className="person-name">
          <span className="wrap">{nameOf(person)}</span>
          {mark && (
            <Badge size="sm" variant="filled" color={isOrigin ? 'gray.8' : 'teal.9'} c="white" className="mark">
              {mark}
            </Badge>
          )}
        </span>
        <span className="dim mono">{phones[0] ?? 'no phone'}</span>
        {(lists.length > 0 || doNotCall) && (
          <span className="person-tags">
            {lists.map((list) => (
              <Badge key={list} size="sm" variant="default">
                {list}
              </Badge>
            ))}
            {doNotCall && (
              <Badge size="sm" variant="default">
                no calls
              </Badge>
            )}
          </span>
        )}
      </UnstyledButton>
      <Modal opened={isOpen} onClose={close} title={`${nameOf(person)} in ${title}`}>
        <PersonForm
          person={person}
          onSave={async (change, what) => {
            await onEdit(change, what);
            close();
          }}
        />
      </Modal>
    </>
  );
}

function PersonForm({ person, onSave }: { person: Person; onSave: PersonCardProps['onEdit'] }) {
  const [givenName, setGivenName] = useState(person.givenName ?? '');
  const [familyName, setFamilyName] = useState(person.familyName ?? '');
  const [phone, setPhone] = useState(person.phones[0] ?? '');
  const [tag, setTag] = useState('');
  const [doNotCall, setDoNotCall] = useState(person.doNotCall ?? false);
  const [fault, setFault] = useState('');
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const parts: { change: Change; what: string }[] = [];
    if (givenName !== (person.givenName ?? '')) parts.push({ change: { givenName: givenName || null }, what: 'given name' });
    if (familyName !== (person.familyName ?? '')) parts.push({ change: { familyName: familyName || null }, what: 'family name' });
    if (phone !== (person.phones[0] ?? '')) parts.push({ change: { phone: phone || null }, what: 'phone' });
    if (tag !== '') parts.push({ change: { addTags: [tag] }, what: `tag “${tag}”` });
    if (doNotCall !== (person.doNotCall ?? false)) parts.push({ change: { doNotCall }, what: 'do not call' });
    if (parts.length === 0) return setFault('Change something first.');
    const change: Change = Object.assign({}, ...parts.map((part) => part.change));
    await onSave(change, `${parts.map(({ what }) => what).join(', ')} of ${nameOf(person)}`).catch((error: Error) =>
      setFault(error.message),
    );
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Group grow>
          <TextInput
            label="Given name"
            value={givenName}
            onChange={(event) => setGivenName(event.currentTarget.value)}
            data-autofocus
          />
          <TextInput label="Family name" value={familyName} onChange={(event) => setFamilyName(event.currentTarget.value)} />
        </Group>
        <TextInput label="Phone" value={phone} onChange={(event) => setPhone(event.currentTarget.value)} />
        <TextInput
          label="Add a tag"
          placeholder="cold lead"
          description="Where the system has tags"
          value={tag}
          onChange={(event) => setTag(event.currentTarget.value)}
        />
        <Checkbox label="Do not call" checked={doNotCall} onChange={(event) => setDoNotCall(event.currentTarget.checked)} />
        {fault && (
          <Text size="sm" className="fault" role="alert">
            {fault}
          </Text>
        )}
        <Button type="submit">Save</Button>
      </Stack>
    </form>
  );
}
