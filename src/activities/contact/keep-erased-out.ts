import type { ContactTransaction } from '#contacts/contact-transaction.ts';
import { keepOut } from '#contacts/erasure/kept-out.ts';
import { findLinkByReference, type Link, saveLink } from '#db/contacts/links.ts';
import type { Database } from '#db/database.ts';
import { countBlocked, liftErasures } from '#db/erasure/erased-keys.ts';
import { forgetClaim } from '#db/erasure/forget-claim.ts';
import { saveSubmissionResult } from '#db/sync/submission-decisions.ts';
import { fieldNames } from '#domain/contact.ts';
import { isBlank } from '#domain/equality.ts';
import type { ProviderRecord } from '#providers/provider.ts';

/**
 * Keeps a new record out that `erasureIds` concern: the rows of its arrival are deleted, and the record stays at its vendor. Null
 * where nothing keeps it out. A form that the person proved to have sent lifts the erasures; any other submission waits for a decision.
 */
export async function keepErasedOut(
  { tx, deps }: ContactTransaction,
  link: Link,
  record: ProviderRecord | null,
  erasureIds: readonly string[],
): Promise<'gone' | 'unchanged' | null> {
  if (erasureIds.length === 0 || (await isOfOwnCreate(tx, link, record))) return null;
  const at = deps.now();
  if (!record?.submission) {
    await keepOut(tx, deps, link, erasureIds);
    await countBlocked(tx, erasureIds, at);
    await forgetClaim(tx, link);
    return 'gone';
  }
  if (!record.submission.isUnproven) {
    await liftErasures(tx, { erasureIds, by: `form:${record.submission.form}`, reason: null, at });
    return null;
  }
  await countBlocked(tx, erasureIds, at);
  await holdBack(tx, link, record, at);
  return 'unchanged';
}

/** Made by a create that was under way when the erasure began: the erasure deletes it. */
async function isOfOwnCreate(tx: Database, { provider, account_id }: Link, record: ProviderRecord | null): Promise<boolean> {
  if (record === null || record.reference === null) return false;
  const own = await findLinkByReference(tx, provider, account_id, record.reference);
  return own !== undefined && own.external_id === null;
}

/** Anybody may have typed the address: the submission makes no contact until somebody accepts it. */
async function holdBack(tx: Database, link: Link, { externalId, values }: ProviderRecord, at: Date): Promise<void> {
  const filled = fieldNames.filter((field) => !isBlank(values[field]));
  const pending = filled.map((field) => ({ field, before: null, after: values[field] }));
  await saveSubmissionResult(tx, externalId, { pending, at });
  await saveLink(tx, link.id, { state: 'detached', observed_at: at });
}
