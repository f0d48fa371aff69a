import { Anchor, Group, Paper, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Schemas } from '#admin/rest/client.ts';
import { useMay } from '#admin/rest/session.ts';
import { AddressLink } from '#admin/ui/address-link.tsx';
import { StateBadge } from '#admin/ui/state-badge.tsx';
import { AccountNames } from '#admin/ui/words/account-names.tsx';
import { Time } from '#admin/ui/words/time.tsx';
import { Retry } from './retry.tsx';

type Failure = Schemas['FailureGroup'];

export const causeElementId = ({ provider, type }: Failure) => `failure-${provider}-${type}`;

interface CauseProps {
  failure: Failure;
  /** Keys act on it. */
  isActive: boolean;
  onChoose: () => void;
}

/** People who could not be written for one reason. */
export function Cause({ failure, isActive, onChoose }: CauseProps) {
  const { provider, message, isPermanent, contacts, since, contactId } = failure;
  const mayWrite = useMay('sync:write');
  return (
    <Paper withBorder p="md" id={causeElementId(failure)} className={isActive ? 'pair pair-active' : 'pair'} onClick={onChoose}>
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
              {isPermanent ? 'change something first' : 'retried automatically'}
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
        {mayWrite && <Retry failure={failure} />}
      </Group>
    </Paper>
  );
}
