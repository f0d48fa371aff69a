import { Anchor, Button, Group, Paper, Table, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Schemas } from '#admin/rest/client.ts';
import { useMay } from '#admin/rest/session.ts';
import { StateBadge } from '#admin/ui/state-badge.tsx';
import { AccountNames } from '#admin/ui/words/account-names.tsx';
import { sayActor } from '#admin/ui/words/actor.ts';
import { fieldLabel, nameOf, sayValue } from '#admin/ui/words/names.ts';
import { Time } from '#admin/ui/words/time.tsx';
import { useDecide } from './use-decide.ts';

type DeleteRequest = Schemas['DeleteRequest'];

interface RequestProps {
  request: DeleteRequest;
  /** Keys act on it. */
  isActive: boolean;
  onChoose: () => void;
}

const reasons: Partial<Record<DeleteRequest['because'], string>> = {
  many: 'You are asked because more people than usual were deleted there within an hour.',
  edited: 'You are asked because somebody has changed the person or the record since.',
  'not-live': 'You are asked because the account is not live.',
};

/** A request with the values of its record. */
export function Request({ request, isActive, onChoose }: RequestProps) {
  const { id, fields, lost, record, because, missingSince, contactId, decidedBy, decidedAt } = request;
  const values = Object.entries(record.values).filter(([, value]) => sayValue(value) !== '');
  return (
    <Paper
      withBorder
      p="md"
      id={`delete-${id}`}
      component="article"
      aria-label={nameOf(fields)}
      className={isActive ? 'pair pair-active' : 'pair'}
      onClick={onChoose}
    >
      <Group justify="space-between" align="flex-start" mb="sm">
        <div>
          <Title order={2} size="h5" className="wrap">
            <Anchor component={Link} to={`/people/${contactId}`} underline="always">
              {nameOf(fields)}
            </Anchor>
          </Title>
          <Text size="sm" c="dimmed">
            deleted in <AccountNames ids={[lost.provider]} />, missing since <Time at={missingSince} />
            {decidedAt && (
              <>
                , decided <Time at={decidedAt} /> by {sayActor(decidedBy)}
              </>
            )}
          </Text>
        </div>
        <Decisions request={request} />
      </Group>
      {reasons[because] && (
        <Text size="sm" mb="xs">
          {reasons[because]}
        </Text>
      )}
      <Text size="sm" mb={4}>
        The record in <AccountNames ids={[record.provider]} />:
      </Text>
      <Table aria-label="What the record holds">
        <Table.Tbody>
          {values.map(([field, value]) => (
            <Table.Tr key={field}>
              <Table.Th scope="row">{fieldLabel(field)}</Table.Th>
              <Table.Td className="wrap">{sayValue(value)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}

function Decisions({ request: { id, revision, state, canRestore } }: { request: DeleteRequest }) {
  const mayWrite = useMay('sync:write');
  const decide = useDecide();
  if (state !== 'open') {
    return (
      <Group gap="xs">
        <StateBadge mood={state === 'approved' ? 'waiting' : 'off'}>{state}</StateBadge>
        {mayWrite && state === 'deleted' && canRestore && (
          <Button
            size="xs"
            variant="default"
            loading={decide.isPending}
            onClick={() => decide.mutate({ id, revision, decision: 'undo' })}
          >
            Create it again
          </Button>
        )}
      </Group>
    );
  }
  if (!mayWrite) return null;
  return (
    <Group gap="xs">
      <Button
        size="xs"
        color="red.9"
        aria-keyshortcuts="d"
        loading={decide.isPending}
        onClick={() => decide.mutate({ id, revision, decision: 'approve' })}
      >
        Delete it, too
      </Button>
      <Button
        size="xs"
        variant="default"
        aria-keyshortcuts="s"
        onClick={() => decide.mutate({ id, revision, decision: 'reject' })}
      >
        Keep it
      </Button>
      {canRestore && (
        <Button size="xs" variant="default" onClick={() => decide.mutate({ id, revision, decision: 'restore' })}>
          Bring the person back
        </Button>
      )}
    </Group>
  );
}
