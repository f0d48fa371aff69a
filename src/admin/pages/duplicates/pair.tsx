import { Badge, Button, Checkbox, Group, Paper, Table, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Schemas } from '#admin/rest/client.ts';
import { useMay } from '#admin/rest/session.ts';
import { StateBadge } from '#admin/ui/state-badge.tsx';
import { AccountNames } from '#admin/ui/words/account-names.tsx';
import { sayActor } from '#admin/ui/words/actor.ts';
import { fieldLabel, listFields, nameOf, sayValue } from '#admin/ui/words/names.ts';
import { Time } from '#admin/ui/words/time.tsx';
import { Merge } from './merge.tsx';
import { useDecide } from './use-decide.ts';

type Candidate = Schemas['Candidate'];

interface PairProps {
  candidate: Candidate;
  /** Keys act on it. */
  isActive: boolean;
  onChoose: () => void;
  /** For a decision about many. */
  isPicked?: boolean;
  onPick?: (isPicked: boolean) => void;
}

/** Two contacts side by side, with the evidence for and against one person. */
export function Pair({ candidate, isActive, onChoose, isPicked, onPick }: PairProps) {
  const { id, sides, state, score, createdAt, decidedAt, decidedBy } = candidate;
  const names = sides.map(({ fields }) => nameOf(fields));
  return (
    <Paper
      withBorder
      p="md"
      id={`pair-${id}`}
      component="article"
      aria-label={names.join(' and ')}
      className={isActive ? 'pair pair-active' : 'pair'}
      onClick={onChoose}
    >
      <Group justify="space-between" align="flex-start" mb="sm">
        {onPick && (
          <Checkbox
            aria-label={`Choose ${names.join(' and ')}`}
            checked={isPicked ?? false}
            onChange={(event) => onPick(event.currentTarget.checked)}
            mt={4}
          />
        )}
        <div className="grow">
          <Title order={2} size="h5" className="wrap">
            {names.join(' · ')}
          </Title>
          <Text size="sm" c="dimmed">
            {score !== null && `${score} points, `}
            found <Time at={createdAt} />
            {decidedAt && (
              <>
                , decided <Time at={decidedAt} /> by {sayActor(decidedBy)}
              </>
            )}
          </Text>
        </div>
        <Decisions candidate={candidate} />
      </Group>
      <Evidence candidate={candidate} />
      {(state === 'open' || state === 'later') && sides.length === 2 && <Comparison candidate={candidate} />}
    </Paper>
  );
}

function Decisions({ candidate: { id, state, sides } }: { candidate: Candidate }) {
  const mayWrite = useMay('sync:write');
  const { decide, undo } = useDecide();
  if (state === 'different') return <StateBadge mood="off">different people</StateBadge>;
  if (state === 'same') {
    const [survivor] = sides;
    return (
      <Group gap="xs">
        <StateBadge mood="good">one contact</StateBadge>
        {mayWrite && survivor && (
          <Button size="xs" variant="default" loading={undo.isPending} onClick={() => undo.mutate(survivor.contactId)}>
            Undo
          </Button>
        )}
      </Group>
    );
  }
  if (!mayWrite) return null;
  return (
    <Group gap="xs">
      <Merge candidateId={id} onMerge={() => decide.mutateAsync({ id, decision: 'accept' })} />
      <Button
        size="xs"
        variant="default"
        aria-keyshortcuts="d"
        onClick={() => decide.mutate({ id, decision: 'reject' })}
        loading={decide.isPending}
      >
        Different people
      </Button>
      {state === 'open' && (
        <Button size="xs" variant="subtle" aria-keyshortcuts="l" onClick={() => decide.mutate({ id, decision: 'later' })}>
          Later
        </Button>
      )}
    </Group>
  );
}

interface EvidenceShown {
  parts?: { says: string; points: number }[];
  reasons?: string[];
}

function Evidence({ candidate: { evidence } }: { candidate: Candidate }) {
  const { parts = [], reasons = [] } = evidence as EvidenceShown;
  return (
    <div className="evidence">
      <Group gap={6}>
        {parts.map(({ says, points }) => (
          <Badge
            key={says}
            variant="light"
            color={points < 0 ? 'red' : 'teal'}
            className={`state state-${points < 0 ? 'red' : 'teal'}`}
          >
            {says} {points < 0 ? '−' : '+'}
            {Math.abs(points)}
          </Badge>
        ))}
      </Group>
      {reasons.length > 0 && (
        <Text size="sm" mt={6}>
          You are asked because {reasons.join('; ')}.
        </Text>
      )}
    </div>
  );
}

/** Only fields that one of them has. A difference is said in words as well. */
function Comparison({ candidate: { sides, differs } }: { candidate: Candidate }) {
  const [one, other] = sides;
  if (!one || !other) return null;
  const [ours, theirs] = [one, other].map(({ fields }) => new Map(listFields(fields)));
  const names = [...new Set([...(ours?.keys() ?? []), ...(theirs?.keys() ?? [])])];
  const rows = names
    .map((field) => ({ field, left: sayValue(ours?.get(field)), right: sayValue(theirs?.get(field)) }))
    .filter(({ left, right }) => left || right);
  return (
    <Table mt="sm" layout="fixed" className="comparison">
      <Table.Thead>
        <Table.Tr>
          <Table.Th w="22%">Field</Table.Th>
          {[one, other].map(({ contactId, records }) => (
            <Table.Th key={contactId}>
              <Link to="/people/$id" params={{ id: contactId }} className="row-link">
                {records.length === 0 ? 'no record' : <AccountNames ids={records.map(({ provider }) => provider)} />}
              </Link>
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(({ field, left, right }) => (
          <Table.Tr key={field} className={differs.includes(field) ? 'differs' : ''}>
            <Table.Th scope="row">
              {fieldLabel(field)}
              {differs.includes(field) && <span className="differs-word"> differs</span>}
            </Table.Th>
            <Table.Td className="wrap">{left || '–'}</Table.Td>
            <Table.Td className="wrap">{right || '–'}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
