import { Button, Checkbox, Group, Paper, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAccountName } from '#admin/rest/accounts.ts';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import { useAct } from '#admin/ui/act.ts';
import { DialogButton } from '#admin/ui/dialog-button.tsx';
import { Loaded } from '#admin/ui/page.tsx';
import { StateBadge } from '#admin/ui/state-badge.tsx';
import { sayActor } from '#admin/ui/words/actor.ts';
import { Time } from '#admin/ui/words/time.tsx';
import { PlannedWrites } from '#admin/ui/words/writes.tsx';

type Contact = Schemas['ExplainedContact'];
type Consent = Contact['consent'];
type Channel = Consent['channels'][number]['channel'];

const channelNames: Record<string, string> = { call: 'Calls', sms: 'Texts', email: 'Emails' };

/** Consent by channel, with refusers and evidence. */
export function ConsentBlock({ contact: { consent } }: { contact: Contact }) {
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        May be contacted
      </Title>
      <Paper withBorder p="sm">
        <Stack gap={4}>
          {consent.channels.map((channel) => (
            <ChannelLine key={channel.channel} line={channel} />
          ))}
        </Stack>
        {consent.evidence.length > 0 && (
          <Stack gap={2} mt="sm">
            {consent.evidence.map((entry) => (
              <EvidenceLine key={entry.id} entry={entry} />
            ))}
          </Stack>
        )}
      </Paper>
    </section>
  );
}

function ChannelLine({ line: { channel, isDenied, by } }: { line: Consent['channels'][number] }) {
  const accountName = useAccountName();
  const who = by.map(({ via, provider, key }) => {
    if (provider !== null) return accountName(provider);
    if (via === 'operator') return 'a person in Accord';
    return via === 'list' ? `the suppression list (${key?.value})` : `another person with ${key?.value}`;
  });
  return (
    <Group gap="sm">
      <Text size="sm" fw={600} w={60}>
        {channelNames[channel] ?? channel}
      </Text>
      <StateBadge mood={isDenied ? 'warning' : 'good'}>{isDenied ? 'refused' : 'not refused'}</StateBadge>
      {isDenied && (
        <Text size="sm" className="wrap">
          by {who.join(', ')}
        </Text>
      )}
    </Group>
  );
}

function EvidenceLine({ entry: { at, channel, decision, via, actor, reason, wording } }: { entry: Consent['evidence'][number] }) {
  const accountName = useAccountName();
  const who = via === 'account' || via === 'form' ? accountName(actor) : sayActor(actor);
  return (
    <Text size="sm" className="wrap">
      <Time at={at} />: {(channelNames[channel] ?? channel).toLowerCase()} {decision === 'denied' ? 'refused' : 'allowed again'},{' '}
      {who}
      {wording !== null && `: “${wording}”`}
      {reason !== null && ` (${reason})`}
    </Text>
  );
}

/** Marks the person as not to be contacted, or lifts that for a reason, after a preview of the writes. */
export function ConsentDialogs({ contact }: { contact: Contact }) {
  const denied = contact.consent.channels.filter(({ by }) => by.some(({ via }) => via === 'operator' || via === 'account'));
  return (
    <>
      <DialogButton label="Do not contact …" title="Do not contact" button={{ variant: 'default' }} size="lg">
        {(close) => <Decide id={contact.id} decision="deny" offered={['call', 'sms', 'email']} close={close} />}
      </DialogButton>
      {denied.length > 0 && (
        <DialogButton label="May be contacted …" title="May be contacted again" button={{ variant: 'default' }} size="lg">
          {(close) => <Decide id={contact.id} decision="lift" offered={denied.map(({ channel }) => channel)} close={close} />}
        </DialogButton>
      )}
    </>
  );
}

interface DecideProps {
  id: string;
  decision: 'deny' | 'lift';
  offered: readonly Channel[];
  close: () => void;
}

interface Decision {
  decision: 'deny' | 'lift';
  channels: Channel[];
  reason?: string;
  wording?: string;
}

const decide = (id: string, body: Decision, preview: 'true' | 'false') =>
  askData(rest.POST('/api/v1/contacts/{id}/consent', { params: { path: { id }, query: { preview } }, body }));

function Decide({ id, decision, offered, close }: DecideProps) {
  const [channels, setChannels] = useState<Channel[]>([...offered]);
  const [reason, setReason] = useState('');
  const [wording, setWording] = useState('');
  const isDenial = decision === 'deny';
  const [said, why] = [wording.trim(), reason.trim()];
  const body = { decision, channels, ...(why && { reason: why }), ...(said && { wording: said }) };
  const save = useAct(
    () => decide(id, body, 'false'),
    ({ isChanged }) => {
      close();
      return isChanged ? 'Stored, and on its way to every system.' : 'Nothing had to change.';
    },
  );
  return (
    <Stack>
      <Checkbox.Group
        label={isDenial ? 'The person must not get' : 'The person may get again'}
        value={channels}
        onChange={(chosen) => setChannels(offered.filter((channel) => chosen.includes(channel)))}
      >
        <Group mt="xs">
          {offered.map((channel) => (
            <Checkbox key={channel} value={channel} label={channelNames[channel] ?? channel} />
          ))}
        </Group>
      </Checkbox.Group>
      <TextInput
        label={isDenial ? 'Reason' : 'Reason, which is required'}
        description="Kept as evidence. Readers without personal data see it, too."
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
        required={!isDenial}
        maxLength={1_000}
      />
      <Textarea
        label="What the person said"
        value={wording}
        onChange={({ currentTarget }) => setWording(currentTarget.value)}
        maxLength={2_000}
      />
      {channels.length > 0 && <Preview id={id} decision={decision} channels={channels} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          Keep as it is
        </Button>
        <Button
          onClick={() => save.mutate()}
          disabled={channels.length === 0 || (!isDenial && why === '')}
          loading={save.isPending}
        >
          {isDenial ? 'Do not contact' : 'Lift'}
        </Button>
      </Group>
    </Stack>
  );
}

function Preview({ id, decision, channels }: { id: string; decision: 'deny' | 'lift'; channels: Channel[] }) {
  const accountName = useAccountName();
  const preview = useQuery({
    queryKey: ['consent-preview', id, decision, channels],
    queryFn: () => decide(id, { decision, channels, ...(decision === 'lift' && { reason: 'preview' }) }, 'true'),
    refetchInterval: false,
    retry: false,
    gcTime: 0,
  });
  return (
    <Loaded query={preview}>
      {({ writes, refusalsLeft }) => (
        <div>
          <PlannedWrites writes={writes} />
          {refusalsLeft.map(({ linkId, provider, channels: left }) => (
            <Text key={linkId} size="sm">
              {accountName(provider)} still refuses{' '}
              {left.map((channel) => (channelNames[channel] ?? channel).toLowerCase()).join(', ')}: lift that there.
            </Text>
          ))}
        </div>
      )}
    </Loaded>
  );
}
