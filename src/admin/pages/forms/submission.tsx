import { Anchor, Blockquote, Button, Group, Paper, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import { useMay } from '#admin/rest/session.ts';
import { useAct } from '#admin/ui/act.ts';
import { Facts } from '#admin/ui/facts.tsx';
import { Loaded, Page } from '#admin/ui/page.tsx';
import { type Mood, StateBadge } from '#admin/ui/state-badge.tsx';
import { AccountNames } from '#admin/ui/words/account-names.tsx';
import { fieldLabel, sayValue } from '#admin/ui/words/names.ts';
import { Time } from '#admin/ui/words/time.tsx';
import { SubmissionState, sayState } from './submission-state.tsx';

type Details = Schemas['FormSubmissionDetails'];

const route = getRouteApi('/forms/$id');

/** One submission: typed values, consent, changes, and the way of the message. */
export function Submission() {
  const { id } = route.useParams();
  const query = useQuery({
    queryKey: ['submission', id],
    queryFn: () => askData(rest.GET('/api/v1/form-submissions/{id}', { params: { path: { id } } })),
  });
  const submission = query.data;
  return (
    <Page
      title={submission ? `${submission.contactName ?? 'Somebody'} sent the form ${submission.form}` : 'Submission'}
      lead={submission && <Time at={submission.receivedAt} />}
      actions={submission?.state === 'waiting' && <Accept id={id} />}
    >
      <Loaded query={query}>{(loaded) => <Body submission={loaded} />}</Loaded>
    </Page>
  );
}

function Accept({ id }: { id: string }) {
  const mayWrite = useMay('sync:write');
  const accept = useAct(
    () => askData(rest.POST('/api/v1/form-submissions/{id}/accept', { params: { path: { id } } })),
    'It is accepted.',
  );
  if (!mayWrite) return null;
  return (
    <Button size="xs" onClick={() => accept.mutate()} loading={accept.isPending}>
      Accept
    </Button>
  );
}

const noteStates: Record<string, { mood: Mood; label: string }> = {
  written: { mood: 'good', label: 'written' },
  pending: { mood: 'waiting', label: 'on its way' },
  failed: { mood: 'bad', label: 'could not be written' },
};

function Body({ submission }: { submission: Details }) {
  const { state, contactId, contactName, message, values, evidence, pending, merged, consents, notes, event, proof } = submission;
  return (
    <>
      <Group gap="sm">
        <SubmissionState state={state} />
        <Text size="sm">{sayState(state)}</Text>
        {contactId && (
          <Anchor component={Link} to={`/people/${contactId}`} size="sm" underline="always">
            {contactName ?? 'the contact'}
          </Anchor>
        )}
      </Group>
      {message && (
        <Blockquote p="md" className="wrap">
          {message}
        </Blockquote>
      )}
      <Section title="Entered values">
        <Facts facts={Object.entries(values)} />
      </Section>
      <Changes title="Waits for you" changes={pending} isShown={state === 'waiting'} />
      <Changes title="Changes" changes={merged} isShown />
      {consents.length > 0 && (
        <Section title="Consent">
          {consents.map(({ field, words, channels }) => (
            <Text key={field} size="sm" className="wrap">
              “{words}” ({channels.join(', ')})
            </Text>
          ))}
        </Section>
      )}
      <Section title="Where the message went">
        {notes.length === 0 && <Text size="sm">Into the note of the contact.</Text>}
        {notes.map(({ provider, state: noteState, error, writtenAt }) => {
          const { mood, label } = noteStates[noteState] ?? { mood: 'off' as const, label: noteState };
          return (
            <Group key={provider} gap="xs">
              <Text size="sm">
                <AccountNames ids={[provider]} />
              </Text>
              <StateBadge mood={mood}>{label}</StateBadge>
              <Text size="sm" className="wrap">
                {error ?? (writtenAt && <Time at={writtenAt} />)}
              </Text>
            </Group>
          );
        })}
        {event?.deliveries.map(({ id, state: deliveryState }) => (
          <Text key={id} size="sm">
            Sent to an app:{' '}
            <Anchor component={Link} to={`/deliveries/${id}`} size="sm" underline="always">
              {deliveryState}
            </Anchor>
          </Text>
        ))}
      </Section>
      <Section title="How it arrived">
        <Facts
          facts={[
            ['How it was proved', proof === 'signature' ? 'signed by a server' : 'sent by a page'],
            ...Object.entries(evidence).map(([name, value]) => [fieldLabel(name), value] as const),
          ]}
        />
      </Section>
    </>
  );
}

function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <Paper withBorder p="md" component="section">
      <Title order={2} size="h5" mb="xs">
        {title}
      </Title>
      {children}
    </Paper>
  );
}

interface Change {
  field: string;
  before: unknown;
  after: unknown;
}

function Changes({ title, changes, isShown }: { title: string; changes: readonly Change[]; isShown: boolean }) {
  if (!isShown || changes.length === 0) return null;
  return (
    <Section title={title}>
      {changes.map(({ field, before, after }) => (
        <Text key={field} size="sm" className="wrap">
          {fieldLabel(field)}: {sayValue(before) && `“${sayValue(before)}” → `}“{sayValue(after)}”
        </Text>
      ))}
    </Section>
  );
}
