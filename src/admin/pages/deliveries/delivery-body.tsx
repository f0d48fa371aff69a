import { Anchor, Code, Group, Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Schemas } from '#admin/rest/client.ts';
import { AddressLink } from '#admin/ui/address-link.tsx';
import { Copy } from '#admin/ui/copy.tsx';
import { Facts } from '#admin/ui/facts.tsx';
import { Due, Time } from '#admin/ui/words/time.tsx';
import { Attempt } from './attempt.tsx';
import { DeliveryState } from './delivery-state.tsx';

interface DeliveryBodyProps {
  /** As the operators, or as the subscriber sees it. */
  delivery: Schemas['PortalDeliveryWithAttempts'] & { note?: string | null };
  /** The name of its endpoint, or a link. */
  endpoint: ReactNode;
}

const deadBecause: Record<string, string> = {
  exhausted: 'No retry was left.',
  permanent: 'No retry could help.',
  gone: 'The endpoint asked to be switched off.',
  expired: 'It could not be sent for as long as events are kept.',
};

/** One delivery: its state, each attempt, and its body. */
export function DeliveryBody({ delivery, endpoint }: DeliveryBodyProps) {
  const { state, dead_reason, attempt_log, payload } = delivery;
  const text = payload === null ? null : JSON.stringify(payload, null, 2);
  return (
    <>
      <Paper withBorder p="md">
        <Facts
          facts={[
            ['State', <DeliveryState key="state" state={state} />],
            ['Endpoint', endpoint ?? 'deleted'],
            ['Why it is a dead letter', dead_reason && (deadBecause[dead_reason] ?? dead_reason)],
            ['Last answer', delivery.last_error ?? (delivery.last_status === null ? 'none yet' : `HTTP ${delivery.last_status}`)],
            ['Next attempt', state === 'pending' && delivery.next_attempt_at && <Due key="next" at={delivery.next_attempt_at} />],
            ['Delivered', delivery.delivered_at && <Time key="delivered" at={delivery.delivered_at} />],
            ['Created', <Time key="created" at={delivery.created_at} />],
            [
              'Replay of',
              delivery.replay_of && (
                <Anchor key="replay" component={AddressLink} address={`/deliveries/${delivery.replay_of}`}>
                  an earlier delivery
                </Anchor>
              ),
            ],
            ['Note', delivery.note],
          ]}
        />
      </Paper>
      <section>
        <Title order={2} size="h4" mb="sm">
          Attempts
        </Title>
        {attempt_log.length === 0 && <Text c="dimmed">It was not sent yet.</Text>}
        <Stack gap="sm">
          {attempt_log.map((attempt) => (
            <Attempt key={attempt.number} attempt={attempt} />
          ))}
        </Stack>
      </section>
      <section>
        <Title order={2} size="h4" mb="sm">
          What is sent
        </Title>
        {text === null ? (
          <Text c="dimmed">The event is too old: its body is removed.</Text>
        ) : (
          <>
            <Code block className="code" tabIndex={0}>
              {text}
            </Code>
            <Group mt="xs">
              <Copy value={text} />
            </Group>
          </>
        )}
      </section>
    </>
  );
}
