import { z } from 'zod';
import type { ApiDeps } from '#api/deps.ts';
import { webUiLink } from '#api/web-ui.ts';
import type { ListedRun } from '#db/sync/reconcile-runs.ts';
import { toDrift } from '#domain/sync/drift.ts';
import { listingDoubts } from '#domain/sync/listing-doubt.ts';
import { noCounts } from '#domain/sync/reconcile.ts';

const drift = z
  .object({
    linked: z.int().meta({ description: 'Linked records of the account at the end of the pass.' }),
    found: z.int().meta({ description: 'Linked records that differed from the stored values, or were missing.' }),
    repaired: z.int().meta({ description: 'Found records that were read again and merged.' }),
    remaining: z
      .int()
      .meta({ description: 'The other found records; for the newest pass of an account, as many as remain now.' }),
    foundPercent: z.number(),
    remainingPercent: z.number(),
  })
  .meta({ id: 'Drift' });

export const reconcileRun = z
  .object({
    id: z.string(),
    provider: z.string(),
    accountId: z.string(),
    trigger: z.string().meta({ description: 'The trigger of the pass, such as `schedule` or `api`.' }),
    workflowId: z.string(),
    counts: z
      .record(z.string(), z.number().nullable())
      .meta({ description: 'Counts so far, or at the end: total, listed, drifted, pushed, unreadable, …' }),
    drift: drift.nullable().meta({ description: 'Null until the pass is completed, and for passes of older versions.' }),
    doubt: z
      .enum(listingDoubts)
      .nullable()
      .meta({
        description:
          'Why the listing is doubtful, so that no deletion was followed. `empty`: it had no record. `incomplete`: fewer than the vendor ' +
          'counts. `loss`: more than 2 % of the linked records were missing. Null when it was trusted.',
      }),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    outcome: z.enum(['completed', 'failed']).nullable(),
    webUi: z.string().nullable(),
  })
  .meta({ id: 'ReconcileRun' });

export function showRun(deps: ApiDeps, row: ListedRun): z.input<typeof reconcileRun> {
  const counts = { ...noCounts, ...row.counts };
  return {
    id: row.id,
    provider: row.provider,
    accountId: row.account_id,
    trigger: row.trigger,
    workflowId: row.workflow_id,
    counts,
    drift: row.outcome === 'completed' && 'found' in row.counts ? toDrift(counts, row.remaining_now) : null,
    doubt: row.doubt,
    startedAt: row.started_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
    outcome: row.outcome,
    webUi: webUiLink(deps, row.workflow_id, row.workflow_run_id),
  };
}
