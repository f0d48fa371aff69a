import { Button, Group, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useAccountName } from '#admin/rest/accounts.ts';
import { useMay } from '#admin/rest/session.ts';
import { type Column, DataTable } from '#admin/ui/data-table.tsx';
import { DialogButton } from '#admin/ui/dialog-button.tsx';
import { Empty, Loaded } from '#admin/ui/page.tsx';
import { StateBadge } from '#admin/ui/state-badge.tsx';
import { Time } from '#admin/ui/words/time.tsx';
import { type Schedule, sayWork, schedulesQuery, usePause } from './use-schedules.ts';

const columns: Column<Schedule>[] = [
  {
    id: 'what',
    header: 'What',
    cell: (schedule) => (
      <>
        <What schedule={schedule} />
        {schedule.note && <div className="dim wrap">{schedule.note}</div>}
      </>
    ),
  },
  {
    id: 'state',
    header: 'State',
    cell: ({ isPaused, running }) => (
      <StateBadge mood={running > 0 ? 'waiting' : isPaused ? 'off' : 'good'}>
        {running > 0 ? 'running' : isPaused ? 'paused' : 'on'}
      </StateBadge>
    ),
  },
  { id: 'last', header: 'Last', isWide: true, cell: ({ lastRunAt }) => <Time at={lastRunAt} /> },
  {
    id: 'next',
    header: 'Next',
    isWide: true,
    cell: ({ isPaused, nextRunAt }) => (isPaused ? 'when it is resumed' : <Time at={nextRunAt} />),
  },
];

const actions: Column<Schedule> = { id: 'act', header: 'Actions', cell: (schedule) => <Actions schedule={schedule} /> };

/** All that runs by itself. */
export function Schedules() {
  const query = useQuery(schedulesQuery);
  const mayWrite = useMay('sync:write');
  return (
    <Loaded query={query}>
      {({ schedules }) =>
        schedules.length === 0 ? (
          <Empty icon="clock" title="Nothing runs by itself yet">
            A worker creates the schedules when it starts: see whether one runs.
          </Empty>
        ) : (
          <DataTable label="Schedules" rows={schedules} columns={mayWrite ? [...columns, actions] : columns} />
        )
      }
    </Loaded>
  );
}

function What({ schedule }: { schedule: Schedule }) {
  return sayWork(schedule, useAccountName());
}

function Actions({ schedule }: { schedule: Schedule }) {
  const { pause, resume, run } = usePause();
  const name = sayWork(schedule, useAccountName());
  return (
    <Group gap="xs">
      <Button
        size="xs"
        variant="default"
        aria-label={`Run now: ${name}`}
        onClick={() => run.mutate([schedule])}
        loading={run.isPending}
      >
        Run now
      </Button>
      {schedule.isPaused ? (
        <Button
          size="xs"
          variant="default"
          aria-label={`Resume: ${name}`}
          onClick={() => resume.mutate([schedule])}
          loading={resume.isPending}
        >
          Resume
        </Button>
      ) : (
        <DialogButton label="Pause …" title={`Pause: ${name}`} button={{ variant: 'default' }}>
          {(close) => <Reason onPause={(reason) => pause.mutateAsync({ schedules: [schedule], reason }).then(close, () => {})} />}
        </DialogButton>
      )}
    </Group>
  );
}

/** Asks for the reason, which the pause shows later. */
export function Reason({ onPause }: { onPause: (reason: string) => Promise<unknown> }) {
  const [reason, setReason] = useState('');
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    await onPause(reason);
    setBusy(false);
  };
  return (
    <form onSubmit={submit}>
      <TextInput
        label="Why"
        description="Others see it. The pause lasts until somebody resumes it, also over restarts."
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        maxLength={200}
        data-autofocus
      />
      <Button type="submit" mt="md" loading={isBusy}>
        Pause
      </Button>
    </form>
  );
}
