import { Alert, Anchor, Button, Group, Modal, NumberInput, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAccountName } from '#admin/rest/accounts.ts';
import { basePath } from '#admin/rest/base-path.ts';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import { useMay } from '#admin/rest/session.ts';
import { useAct } from '#admin/ui/act.ts';
import { Confirm } from '#admin/ui/confirm.tsx';
import { Empty, Loaded, Page } from '#admin/ui/page.tsx';
import { type Mood, StateBadge } from '#admin/ui/state-badge.tsx';
import { Writes } from '#admin/ui/words/writes.tsx';
import { Runs } from './runs.tsx';

type Plan = Schemas['AccountPlan'];

/** The plan of each account, and the step from reading to writing. */
export function GoLive() {
  const plan = useQuery({ queryKey: ['plan'], queryFn: () => askData(rest.GET('/api/v1/plan')), refetchInterval: 15_000 });
  return (
    <Page title="Go-live" lead="The planned writes of each account. Accord writes nothing before an account is live.">
      <Loaded query={plan}>
        {({ accounts }) =>
          accounts.length === 0 ? (
            <Empty icon="rocket" title="No account is connected">
              Connect one under Connections. Accord then reads it and shows here what it would write.
            </Empty>
          ) : (
            <Stack gap="md">
              {accounts.map((account) => (
                <Account key={account.provider} plan={account} />
              ))}
            </Stack>
          )
        }
      </Loaded>
      <Runs />
    </Page>
  );
}

const modes: Record<string, { mood: Mood; label: string }> = {
  live: { mood: 'good', label: 'live' },
  canary: { mood: 'waiting', label: 'live for some' },
  paused: { mood: 'warning', label: 'paused' },
  observe: { mood: 'off', label: 'only read' },
};

function Account({ plan }: { plan: Plan }) {
  const { provider, mode, isRead, counts, recognised, addedTags, automations, samples } = plan;
  const name = useAccountName()(provider);
  const { mood, label } = modes[mode ?? 'observe'] ?? { mood: 'off' as const, label: String(mode) };
  const [isOpen, { toggle }] = useDisclosure(false);
  const facts: [string, number][] = [
    ['to be created', counts.create ?? 0],
    ['to be changed', counts.update ?? 0],
    ['to be asked about', counts.ask ?? 0],
    ['refused by the vendor', counts.failed ?? 0],
    ['recognised', recognised],
  ];
  const tags = Object.entries(addedTags);
  return (
    <Paper withBorder p="md" component="section" aria-label={name}>
      <Group justify="space-between" mb="sm">
        <Group gap="sm">
          <Title order={2} size="h4">
            {name}
          </Title>
          <StateBadge mood={mood}>{label}</StateBadge>
          {!isRead && <StateBadge mood="waiting">not read completely yet</StateBadge>}
        </Group>
        <Actions plan={plan} />
      </Group>
      <SimpleGrid cols={{ base: 2, sm: 5 }}>
        {facts.map(([what, count]) => (
          <div key={what}>
            <Text className="plan-number">{count.toLocaleString('en')}</Text>
            <Text size="sm" c="dimmed">
              {what}
            </Text>
          </div>
        ))}
      </SimpleGrid>
      {tags.length > 0 && (
        <Text size="sm" mt="sm" className="wrap">
          Tags to be added: {tags.map(([tag, count]) => `${tag} (${count})`).join(', ')}.
        </Text>
      )}
      {automations && (counts.create ?? 0) + (counts.update ?? 0) > 0 && (
        <Alert variant="light" color="orange" className="alert-orange" mt="sm" title="Automations may start">
          {automations}
        </Alert>
      )}
      {samples.length > 0 && (
        <>
          <Button variant="subtle" size="compact-sm" mt="sm" onClick={toggle} aria-expanded={isOpen}>
            {isOpen ? 'Hide examples' : 'Show examples'}
          </Button>
          {isOpen &&
            samples.map((sample) => (
              <div key={`${sample.contactId} ${sample.operation}`}>
                <Text size="sm" fw={600} mt="xs">
                  {sample.name ?? '(no name)'}
                </Text>
                <Writes writes={[sample]} />
              </div>
            ))}
        </>
      )}
      <Text size="sm" mt="xs">
        <Anchor href={`${basePath}/api/v1/plan/entries?provider=${encodeURIComponent(provider)}`} download underline="always">
          The whole plan as a file
        </Anchor>
      </Text>
    </Paper>
  );
}

function Actions({ plan: { provider, mode, isRead } }: { plan: Plan }) {
  const name = useAccountName()(provider);
  const mayWrite = useMay('sync:write');
  const pause = useAct(
    () => askData(rest.POST('/api/v1/accounts/{provider}/pause', { params: { path: { provider } } })),
    `Nothing is written to ${name} now.`,
  );
  if (!mayWrite) return null;
  if (mode === 'live') {
    return (
      <Confirm label="Pause" title={`Pause ${name}?`} confirm="Pause" onConfirm={() => pause.mutateAsync()}>
        Accord goes on reading, and writes nothing there. Going live again writes what is outstanding.
      </Confirm>
    );
  }
  return (
    <Group gap="xs">
      {mode === 'canary' && (
        <Button size="xs" variant="default" onClick={() => pause.mutate()}>
          Pause
        </Button>
      )}
      <Begin provider={provider} isRead={isRead} />
    </Group>
  );
}

function Begin({ provider, isRead }: { provider: string; isRead: boolean }) {
  const name = useAccountName()(provider);
  const [isOpen, { open, close }] = useDisclosure(false);
  const [limit, setLimit] = useState<number | null>(20);
  const begin = useAct(
    (few: number | null) =>
      askData(
        rest.POST('/api/v1/go-live', { body: { provider, accept_unread: false, ...(few === null ? {} : { limit: few }) } }),
      ),
    () => {
      close();
      return `${name} goes live.`;
    },
  );
  return (
    <>
      <Button size="xs" onClick={open}>
        Go live …
      </Button>
      <Modal opened={isOpen} onClose={close} title={`Go live with ${name}`}>
        <Stack>
          {!isRead && (
            <Text size="sm">
              The account is not read completely yet, so Accord refuses: somebody there might be created a second time.
            </Text>
          )}
          <NumberInput
            label="Begin with this many people"
            description="A canary: look at them in the vendor’s pages before the others follow."
            min={1}
            max={10_000}
            value={limit ?? ''}
            onChange={(value) => setLimit(value === '' ? null : Number(value))}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={() => begin.mutate(null)} loading={begin.isPending}>
              All at once
            </Button>
            <Button onClick={() => begin.mutate(limit)} disabled={limit === null} loading={begin.isPending}>
              Begin with {limit ?? '…'}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
