import { z } from 'zod';
import type { ApiDeps } from '#api/deps.ts';
import type { ContactTransaction } from '#contacts/contact-transaction.ts';
import { type Effect, runDecision } from '#contacts/merging/run-decision.ts';
import type { RemoteWrite } from '#contacts/plan/planned-writes.ts';
import { requestSync, retryRunning } from './contact-workflow.ts';

export const remoteWrite = z
  .object({
    contactId: z.uuid(),
    provider: z.string(),
    operation: z.enum(['create', 'update']),
    externalId: z.string().nullable().meta({ description: 'The record that is changed; null for one that is created.' }),
    set: z.record(z.string(), z.unknown()).meta({ description: 'New values by field.' }),
    addTags: z.array(z.string()),
    removeTags: z.array(z.string()),
    addLists: z.array(z.string()),
    removeLists: z.array(z.string()),
  })
  .meta({ id: 'RemoteWrite' });

export const previewQuery = z.strictObject({
  preview: z
    .enum(['true', 'false'])
    .default('false')
    .meta({ description: '`true`: changes nothing, and returns the writes to providers that the request would cause.' }),
});

export interface Decided<Result> {
  result: Result;
  writes: z.input<typeof remoteWrite>[];
  /** Null for a preview. */
  sync: 'started' | 'queued' | null;
}

/** Runs a decision of a person about contacts, and requests the sync of these contacts unless it is a preview. */
export async function decide<Result>(
  deps: ApiDeps,
  options: { isPreview: boolean },
  work: (transaction: ContactTransaction) => Promise<{ result: Result; effect: Effect | null }>,
): Promise<Decided<Result>> {
  const { isPreview } = options;
  const { result, effect, writes, dirty } = await runDecision(deps.contacts, options, work);
  if (isPreview || effect === null) return { result, writes: writes.map(showWrite), sync: null };
  // At once: a Temporal that does not answer costs each of them its deadline.
  const outcomes = await Promise.all(
    effect.contactIds.map((contactId) =>
      requestSync(
        deps,
        contactId,
        dirty.filter((link) => link.contactId === contactId),
      ),
    ),
  );
  if (effect.mergedId) await wakeMerged(deps, effect.mergedId);
  return { result, writes: writes.map(showWrite), sync: outcomes.includes('queued') ? 'queued' : 'started' };
}

/** A parked workflow of a merged contact finds nothing left to do, and ends, as its activities work on the survivor. */
async function wakeMerged(deps: ApiDeps, contactId: string): Promise<void> {
  try {
    await retryRunning(deps, contactId);
  } catch (error) {
    deps.log.warn({ contactId, err: error }, 'workflow not woken; its timer does it');
  }
}

export function showWrite({ patch, ...write }: RemoteWrite): z.input<typeof remoteWrite> {
  const { set, addTags, removeTags, addLists, removeLists } = patch;
  return { ...write, set: { ...set }, addTags, removeTags, addLists, removeLists };
}
