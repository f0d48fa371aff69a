import { Button, Checkbox, Group, Progress, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { askData, rest } from '#admin/rest/client.ts';
import { useAct } from '#admin/ui/act.ts';
import { DialogButton } from '#admin/ui/dialog-button.tsx';
import { Loaded } from '#admin/ui/page.tsx';
import type { Decision } from './use-decide.ts';

interface BulkProps {
  state: 'open' | 'later';
  contactId: string | undefined;
  /** The ids of the pairs on the page. */
  shown: readonly string[];
  /** There are more than those. */
  isMore: boolean;
  picked: ReadonlySet<string>;
  onPick: (ids: ReadonlySet<string>) => void;
}

const choices: { decision: Decision; label: string; title: string; says: string }[] = [
  {
    decision: 'accept',
    label: 'Same person …',
    title: 'Make each pair one contact',
    says: 'The two of each pair become one contact. No record is deleted, and each merge can be undone.',
  },
  {
    decision: 'reject',
    label: 'Different people …',
    title: 'Keep each pair apart',
    says: 'They stay two people, and are not asked about again.',
  },
  {
    decision: 'later',
    label: 'Later …',
    title: 'Put them off',
    says: 'They leave this list and wait under “Later”. Nothing is merged.',
  },
];

/** Decides many pairs at once: those that are chosen, or all of the list. */
export function Bulk({ state, contactId, shown, isMore, picked, onPick }: BulkProps) {
  const [isAll, setAll] = useState(false);
  const isWhole = shown.every((id) => picked.has(id));
  const isAny = picked.size > 0;
  const ids = isAll ? null : [...picked];
  return (
    <Group gap="sm" className="bulk" role="group" aria-label="Decide many">
      <Checkbox
        label={isAny ? `${isAll ? 'All of the list' : picked.size} chosen` : 'Choose all shown'}
        checked={isAny && isWhole}
        indeterminate={isAny && !isWhole}
        onChange={(event) => {
          setAll(false);
          onPick(new Set(event.currentTarget.checked ? shown : []));
        }}
      />
      {isWhole && isMore && !isAll && (
        <Button variant="subtle" size="compact-sm" onClick={() => setAll(true)}>
          Choose all of the list, also what is not shown
        </Button>
      )}
      {isAny &&
        choices
          .filter(({ decision }) => decision !== state)
          .map(({ decision, label, title, says }) => (
            <DialogButton key={decision} label={label} title={title} button={{ variant: 'default' }}>
              {(close) => (
                <Preview
                  asked={{ decision, ids, state, contactId }}
                  says={says}
                  close={() => {
                    setAll(false);
                    onPick(new Set());
                    close();
                  }}
                />
              )}
            </DialogButton>
          ))}
    </Group>
  );
}

interface Asked {
  decision: Decision;
  /** Null for all that match. */
  ids: readonly string[] | null;
  state: 'open' | 'later';
  contactId: string | undefined;
}

/** The API decides as many in one request, so that each one ends soon. */
const atOnce = 50;

function ask({ decision, ids, state, contactId }: Asked, { dryRun, limit }: { dryRun: boolean; limit: number }) {
  const filter = { state, ...(contactId && { contactId }) };
  const body = { decision, filter, dryRun, limit, ...(ids && { ids: [...ids] }) };
  return askData(rest.POST('/api/v1/candidates/decide', { body }));
}

function Preview({ asked, says, close }: { asked: Asked; says: string; close: () => void }) {
  const count = useQuery({
    queryKey: ['decide-preview', asked],
    queryFn: () => ask(asked, { dryRun: true, limit: 200 }),
    refetchInterval: false,
    gcTime: 0,
  });
  const [done, setDone] = useState(0);
  const isStopped = useRef(false);
  const run = useAct(
    async () => {
      let decided = 0;
      for (let isMore = true; isMore && !isStopped.current; ) {
        const page = await ask(asked, { dryRun: false, limit: atOnce });
        const made = page.candidates.filter(({ outcome }) => outcome === 'decided').length;
        decided += made;
        setDone(decided);
        // Decided pairs leave the list; a page without any would come again for ever.
        isMore = page.hasMore && made > 0;
      }
      return decided;
    },
    (decided) => {
      close();
      return `${decided} ${decided === 1 ? 'pair is' : 'pairs are'} decided.`;
    },
  );
  return (
    <Loaded query={count}>
      {({ candidates, hasMore }) => {
        const many = `${candidates.length}${hasMore ? ' and more' : ''}`;
        const gone = asked.ids ? asked.ids.length - candidates.length : 0;
        return (
          <Stack>
            <Text>
              <b>{many}</b> {candidates.length === 1 ? 'pair' : 'pairs'}. {says}
              {gone > 0 && ` ${gone} of those you chose are decided already.`}
            </Text>
            {run.isPending && (
              <div role="status">
                <Text size="sm">{done} decided …</Text>
                <Progress value={hasMore ? 100 : (100 * done) / candidates.length} animated aria-label="Progress" />
              </div>
            )}
            <Group justify="flex-end">
              <Button
                variant="default"
                onClick={() => {
                  isStopped.current = true;
                  if (!run.isPending) close();
                }}
              >
                {run.isPending ? 'Stop' : 'Leave them'}
              </Button>
              <Button onClick={() => run.mutate()} loading={run.isPending} disabled={candidates.length === 0}>
                Decide {many}
              </Button>
            </Group>
          </Stack>
        );
      }}
    </Loaded>
  );
}
