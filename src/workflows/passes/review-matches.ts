import { continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { ReviewedPage, StoreActivities } from '#activities/interfaces.ts';
import { describedActivities } from '#workflows/described-activities.ts';

const { reviewPage } = describedActivities<Pick<StoreActivities, 'reviewPage'>>(
  { startToCloseTimeout: '30 minutes', heartbeatTimeout: '2 minutes' },
  { reviewPage: 'Compare some contacts with all others' },
);

/** The input of `reviewMatches`. */
export interface ReviewInput {
  /** Counts of earlier runs of this review. */
  resume?: ReviewedPage;
}

/** The nightly review: compares every contact with all others by the rules of today, page by page. */
export async function reviewMatches({ resume }: ReviewInput): Promise<Omit<ReviewedPage, 'after'>> {
  let total: ReviewedPage = resume ?? { after: null, reviewed: 0, merged: 0, asked: 0 };
  do {
    const page = await reviewPage({ after: total.after });
    total = {
      after: page.after,
      reviewed: total.reviewed + page.reviewed,
      merged: total.merged + page.merged,
      asked: total.asked + page.asked,
    };
    if (total.after !== null && workflowInfo().continueAsNewSuggested)
      await continueAsNew<typeof reviewMatches>({ resume: total });
  } while (total.after !== null);
  const { after: _, ...counts } = total;
  return counts;
}
