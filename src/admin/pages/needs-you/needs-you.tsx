import { Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '#admin/rest/client.ts';
import { needsYouQuery } from '#admin/rest/needs-you.ts';
import { useMay } from '#admin/rest/session.ts';
import { UndoKey } from '#admin/ui/decision-list.tsx';
import { KeyLegend } from '#admin/ui/key-legend.tsx';
import { Empty, Loaded, Page } from '#admin/ui/page.tsx';
import { useChosen } from '#admin/ui/use-chosen.ts';
import { Cause, causeElementId } from './cause.tsx';
import { Decisions, useDecisions } from './decisions.tsx';

/** Work that waits for a person: decisions, and failures by cause. */
export function NeedsYou() {
  const query = useQuery(needsYouQuery);
  return (
    <Page title="Needs you" lead="Decisions and failures that wait for a person.">
      <Loaded query={query}>{(data) => <Body {...data} />}</Loaded>
    </Page>
  );
}

const keys = {
  s: 'same person, or keep',
  d: 'different, other value, or delete',
  l: 'later',
  r: 'retry',
  u: 'undo the last decision',
};

interface BodyProps {
  counts: Schemas['OpenQuestions'];
  failures: readonly Schemas['FailureGroup'][];
}

function Body({ counts, failures }: BodyProps) {
  const kinds = useDecisions(counts);
  const mayWrite = useMay('sync:write');
  const ids = [...failures.map(causeElementId), ...kinds.flatMap(({ entries }) => entries.map(({ elementId }) => elementId))];
  const { active, choose } = useChosen(ids, mayWrite ? 'sdlr' : '');
  const placeOf = (elementId: string) => ({
    isActive: mayWrite && ids[active] === elementId,
    onChoose: () => choose(ids.indexOf(elementId)),
  });
  if (kinds.length === 0 && failures.length === 0) {
    return (
      <Empty icon="check" title="Nothing needs you">
        Everybody is in step, or on the way.
      </Empty>
    );
  }
  return (
    <Stack gap="lg">
      {mayWrite && <KeyLegend keys={keys} />}
      {mayWrite && <UndoKey />}
      {failures.length > 0 && (
        <section>
          <Title order={2} size="h4" mb="xs">
            Could not be written
          </Title>
          <Stack gap="xs">
            {failures.map((failure) => (
              <Cause key={causeElementId(failure)} failure={failure} {...placeOf(causeElementId(failure))} />
            ))}
          </Stack>
        </section>
      )}
      {kinds.map((kind) => (
        <Decisions key={kind.key} kind={kind} placeOf={placeOf} />
      ))}
    </Stack>
  );
}
