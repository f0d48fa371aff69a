import { signalReviewed } from '#activities/contact/observe-record.ts';
import type { ActivityDeps } from '#activities/deps.ts';
import { reviewContacts } from '#contacts/matching/review-contact.ts';
import { listContactIds } from '#db/contacts/contacts.ts';
import { countOpenCandidates } from '#db/contacts/matching/match-candidates.ts';
import { priorities } from '#domain/sync/priority.ts';

/** A part of the nightly review. */
export interface ReviewedPage {
  /** The last contact; null after the last page. */
  after: string | null;
  reviewed: number;
  merged: number;
  /** Pairs that a person is asked about since. */
  asked: number;
}

const pageSize = 200;

/**
 * Compares the next contacts with all others, by the rules and keys of today: pairs that were never compared, or that nobody could
 * recognise by earlier rules, are merged or asked about.
 */
export async function reviewPage(
  deps: ActivityDeps,
  { after, cause }: { after: string | null; cause: string },
  onProgress: () => void,
): Promise<ReviewedPage> {
  const ids = await listContactIds(deps.db, { after, limit: pageSize });
  const openBefore = await countOpenCandidates(deps.db);
  const merged = new Set<string>();
  for (const id of ids) {
    const review = await reviewContacts(deps, { contactIds: [id], cause });
    for (const survivorId of review.merged) merged.add(survivorId);
    for (const each of new Set([...review.merged, ...review.released])) await signalReviewed(deps, each, review, priorities.bulk);
    onProgress();
  }
  return {
    after: ids.length < pageSize ? null : (ids.at(-1) ?? null),
    reviewed: ids.length,
    merged: merged.size,
    asked: Math.max(0, (await countOpenCandidates(deps.db)) - openBefore),
  };
}
