import { Anchor, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import { useMay } from '#admin/rest/session.ts';
import { useAct } from '#admin/ui/act.ts';
import { AddressLink } from '#admin/ui/address-link.tsx';
import { Empty, Loaded, Page } from '#admin/ui/page.tsx';
import { StateBadge } from '#admin/ui/state-badge.tsx';
import { useChosen } from '#admin/ui/use-chosen.ts';
import { AccountNames } from '#admin/ui/words/account-names.tsx';
import { Time } from '#admin/ui/words/time.tsx';

type Failure = Schemas['FailureGroup'];
type Counts = Schemas['OpenQuestions'];

/** Work that waits for a person: failures by cause, and decisions. */
export function NeedsYou() {
  const query = useQuery({
    queryKey: ['needs-you'],
    queryFn: () => askData(rest.GET('/api/v1/needs-you')),
  });
  return (
    <Page title="Needs you" lead="Problems that Accord cannot solve by itself.">
      <Loaded query={query}>{({ counts, failures }) => <Body counts={counts} failures={failures} />}</Loaded>
    </Page>
  );
}

function questionsOf({ candidates, conflicts, submissions, deletes }: Counts) {
  return [
    {
      key: 'candidates',
      count: candidates,
      says: candidates === 1 ? 'pair may be one person' : 'pairs may be one person',
      to: '/duplicates',
      go: 'Compare them',
    },
    {
      key: 'conflicts',
      count: conflicts,
      says: conflicts === 1 ? 'record keeps another value until you decide' : 'records keep another value until you decide',
      to: '/people?state=asked',
      go: 'See whose',
    },
    {
      key: 'deletes',
      count: deletes,
      says: deletes === 1 ? 'record of somebody who was deleted elsewhere' : 'records of people who were deleted elsewhere',
      to: '/deletes',
      go: 'Decide',
    },
    {
      key: 'submissions',
      count: submissions,
      says:
        submissions === 1 ? 'form submission waits for proof of its sender' : 'form submissions wait for proof of their senders',
      to: '/forms?waiting=true',
      go: 'Read them',
    },
  ].filter(({ count }) => count > 0);
}

const idOf = ({ provider, type }: Failure) => `failure-${provider}-${type}`;

function Body({ counts, failures }: { counts: Counts; failures: readonly Failure[] }) {
  const questions = questionsOf(counts);
  const mayWrite = useMay('sync:write');
  const { active, choose } = useChosen(failures.map(idOf));
  const { retry } = useRetry();
  useHotkeys([['r', () => failures[active] && mayWrite && retry.mutate(failures[active])]]);
  if (questions.length === 0 && failures.length === 0) {
    return (
      <Empty icon="check" title="Nothing needs you">
        Everybody is in step, or on the way.
      </Empty>
    );
  }
  return (
    <Stack gap="lg">
      {questions.length > 0 && (
        <section>
          <Title order={2} size="h4" mb="xs">
            Decisions
          </Title>
          <Stack gap="xs">
            {questions.map(({ key, count, says, to, go }) => (
              <Paper key={key} withBorder p="md">
                <Group justify="space-between">
                  <Text>
                    <b>{count}</b> {says}
                  </Text>
                  <Button size="xs" variant="default" component={AddressLink} address={to}>
                    {go}
                  </Button>
                </Group>
              </Paper>
            ))}
          </Stack>
        </section>
      )}
      {failures.length > 0 && (
        <section>
          <Group justify="space-between" mb="xs">
            <Title order={2} size="h4">
              Could not be written
            </Title>
            <Text size="sm" c="dimmed" className="wide-only">
              Keys: <kbd>j</kbd> <kbd>k</kbd> move, <kbd>r</kbd> retry all of the cause
            </Text>
          </Group>
          <Stack gap="xs">
            {failures.map((failure, index) => (
              <Cause
                key={idOf(failure)}
                failure={failure}
                isActive={index === active && mayWrite}
                onChoose={() => choose(index)}
              />
            ))}
          </Stack>
        </section>
      )}
    </Stack>
  );
}

interface RetriedPage {
  contacts: readonly object[];
  next: string | null;
}

function useRetry() {
  const retry = useAct(
    async ({ provider, type }: Failure) => {
      let retried = 0;
      let cursor: string | null = null;
      do {
        const body = { provider, error: type, dryRun: false, limit: 200, ...(cursor === null ? {} : { cursor }) };
        const page: RetriedPage = await askData(rest.POST('/api/v1/contacts/retry', { body }));
        retried += page.contacts.length;
        cursor = page.next;
      } while (cursor !== null);
      return retried;
    },
    (retried) => `${retried} ${retried === 1 ? 'person is' : 'people are'} tried again.`,
  );
  return { retry };
}

function Cause({ failure, isActive, onChoose }: { failure: Failure; isActive: boolean; onChoose: () => void }) {
  const { provider, message, isPermanent, contacts, since, contactId } = failure;
  const mayWrite = useMay('sync:write');
  const { retry } = useRetry();
  return (
    <Paper withBorder p="md" id={idOf(failure)} className={isActive ? 'pair pair-active' : 'pair'} onClick={onChoose}>
      <Group justify="space-between" align="flex-start">
        <div>
          <Text className="wrap">
            <b>{contacts}</b> {contacts === 1 ? 'person' : 'people'} could not be written to <AccountNames ids={[provider]} />{' '}
            because:
          </Text>
          <Text className="wrap" my={4}>
            {message}
          </Text>
          <Group gap="sm">
            <StateBadge mood={isPermanent ? 'bad' : 'waiting'}>
              {isPermanent ? 'change something first' : 'tried again by itself'}
            </StateBadge>
            <Text size="sm" c="dimmed">
              since <Time at={since} />
            </Text>
            <Anchor component={Link} to={`/people/${contactId}`} size="sm" underline="always">
              one of them
            </Anchor>
            <Anchor
              component={AddressLink}
              address={`/people?state=parked&account=${encodeURIComponent(provider)}`}
              size="sm"
              underline="always"
            >
              all of them
            </Anchor>
          </Group>
        </div>
        {mayWrite && (
          <Button size="xs" onClick={() => retry.mutate(failure)} loading={retry.isPending}>
            Retry {contacts === 1 ? 'it' : `all ${contacts}`}
          </Button>
        )}
      </Group>
    </Paper>
  );
}
