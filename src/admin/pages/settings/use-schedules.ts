import { queryOptions } from '@tanstack/react-query';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import { useAct } from '#admin/ui/act.ts';

export type Schedule = Schemas['Schedule'];

export const schedulesQuery = queryOptions({
  queryKey: ['schedules'],
  queryFn: () => askData(rest.GET('/sync/schedules')),
});

/** The effect of a schedule, in words. */
export function sayWork({ kind, provider }: Pick<Schedule, 'kind' | 'provider'>, accountName: (id: string) => string): string {
  switch (kind) {
    case 'poll':
      return `Ask ${accountName(provider ?? '')} for changes`;
    case 'reconcile':
      return `Compare everything with ${accountName(provider ?? '')}`;
    case 'review':
      return 'Look for duplicates';
    case 'prune':
      return 'Remove what is too old to be kept';
    case 'watch':
      return 'Look for problems, and tell whom notify names';
    default:
      return kind satisfies never;
  }
}

const pathOf = ({ id }: Schedule) => ({ params: { path: { id } } });

/** Pauses, resumes and runs schedules, one or all of an account. */
export function usePause() {
  const pause = useAct(async ({ schedules, reason }: { schedules: readonly Schedule[]; reason: string }) => {
    const body = reason.trim() === '' ? {} : { reason: reason.trim() };
    for (const each of schedules) await askData(rest.POST('/sync/schedules/{id}/pause', { ...pathOf(each), body }));
  }, 'Paused until somebody resumes it.');
  const resume = useAct(async (schedules: readonly Schedule[]) => {
    for (const each of schedules) await askData(rest.POST('/sync/schedules/{id}/resume', pathOf(each)));
  }, 'It runs by itself again.');
  const run = useAct(async (schedules: readonly Schedule[]) => {
    for (const each of schedules) await askData(rest.POST('/sync/schedules/{id}/run', pathOf(each)));
  }, 'It is started.');
  return { pause, resume, run };
}
