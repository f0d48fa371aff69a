import { Code, Collapse, Group, Paper, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Schemas } from '#admin/rest/client.ts';
import { Facts } from '#admin/ui/facts.tsx';
import { StateBadge } from '#admin/ui/state-badge.tsx';
import { Time } from '#admin/ui/words/time.tsx';

type AttemptFacts = Schemas['WebhookAttempt'];

const triggers: Record<AttemptFacts['trigger'], string> = {
  schedule: 'by schedule',
  manual: 'by a person',
  redrive: 'sent again',
  test: 'test event',
};

/** One request to an endpoint, with its answer behind a press. */
export function Attempt({ attempt }: { attempt: AttemptFacts }) {
  const [isOpen, { toggle }] = useDisclosure(false);
  const { number, status, error, duration_ms, trigger, started_at, timings, remote_address } = attempt;
  const { dns_ms, connect_ms, tls_ms, first_byte_ms } = timings;
  return (
    <Paper withBorder p="sm">
      <UnstyledButton onClick={toggle} aria-expanded={isOpen} w="100%">
        <Group gap="sm">
          <Text fw={600}>Attempt {number}</Text>
          <StateBadge mood={error === null ? 'good' : 'bad'}>{status === null ? 'no answer' : `HTTP ${status}`}</StateBadge>
          <Text size="sm">{error ?? 'accepted'}</Text>
          <Text size="sm" c="dimmed">
            {duration_ms} ms, {triggers[trigger]}, <Time at={started_at} />
          </Text>
        </Group>
      </UnstyledButton>
      <Collapse expanded={isOpen}>
        <div className="attempt">
          <Facts
            facts={[
              ['Name looked up', dns_ms === undefined ? null : `${dns_ms} ms`],
              ['Connected', connect_ms === undefined ? null : `${connect_ms} ms`],
              ['TLS', tls_ms === undefined ? null : `${tls_ms} ms`],
              ['First byte', first_byte_ms === undefined ? null : `${first_byte_ms} ms`],
              ['Address', remote_address],
            ]}
          />
          <Part title="Request headers" text={toLines(attempt.request_headers)} />
          <Part title="Answer’s headers" text={toLines(attempt.response_headers)} />
          <Part title="Answer" text={attempt.response_body} />
        </div>
      </Collapse>
    </Paper>
  );
}

const toLines = (headers: Record<string, string> | null) =>
  headers &&
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');

function Part({ title, text }: { title: string; text: string | null }) {
  if (!text) return null;
  return (
    <div>
      <Text size="sm" fw={600} mb={4}>
        {title}
      </Text>
      <Code block className="code" tabIndex={0}>
        {text}
      </Code>
    </div>
  );
}
