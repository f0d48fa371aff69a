import { describe, expect, it } from '@jest/globals';
import { observeRecord } from '#activities/contact/observe-record.ts';
import type { ActivityDeps } from '#activities/deps.ts';
import { type ReviewedPage, reviewPage } from '#activities/passes/review-page.ts';
import { previewReview } from '#contacts/matching/preview-review.ts';
import { listContactIds } from '#db/contacts/contacts.ts';
import { defaultRules } from '#domain/matching/recognise.ts';
import { type Claimed, useHub } from '#test/activities/contact/hub.ts';
import type { PersonEdit } from '#test/setup/hub.ts';
import { nextFamilyName, nextPhone } from '#test/setup/people.ts';

const hub = useHub();

/** Reads a record as earlier rules did, which recognised nobody. */
async function readByOldRules(at: 'square' | 'google' | 'gohighlevel', person: PersonEdit): Promise<Claimed> {
  const claimed = await hub.unread(at, person);
  const deps: ActivityDeps = { ...hub.deps, matching: { ...defaultRules, mode: 'off', maxMergesPerHour: 0 } };
  await observeRecord(deps, { linkId: claimed.linkId, cause: 'before' }, {});
  return claimed;
}

async function reviewAll(): Promise<Omit<ReviewedPage, 'after'>> {
  const { after, ...counts } = await reviewPage(hub.deps, { after: null, cause: 'review' }, () => {});
  expect(after).toBeNull();
  return counts;
}

const mergedInto = async ({ contactId }: Claimed) => (await hub.contact(contactId)).mergedInto;

describe('the nightly review', () => {
  it('merges a pair that earlier rules did not recognise, asks about a doubtful one, and leaves the others alone', async () => {
    const [phone, doubtful] = [nextPhone(), nextPhone()];
    const familyName = nextFamilyName();
    const email = `${phone.slice(1)}@example.com`;
    const known = await readByOldRules('gohighlevel', { givenName: 'Robert', familyName, phone, email });
    const double = await readByOldRules('square', { givenName: 'Bob', familyName, phone, email });
    const one = await readByOldRules('gohighlevel', { givenName: 'Mary', familyName: nextFamilyName(), phone: doubtful });
    const other = await readByOldRules('square', { givenName: 'Mary', familyName: nextFamilyName(), phone: doubtful });
    const alone = await readByOldRules('google', { givenName: 'Zoe', familyName: nextFamilyName(), phone: nextPhone() });

    const foreseen = await previewReview(hub.deps.db, hub.deps, double.contactId);
    expect(foreseen).toMatchObject([{ decision: 'merge', contactIds: [known.contactId, double.contactId] }]);
    expect(foreseen[0]?.why.join()).toContain('same email');
    expect(await mergedInto(double)).toBeNull();

    expect(await reviewAll()).toEqual({ reviewed: 5, merged: 1, asked: 1 });
    expect([await mergedInto(double), await mergedInto(other), await mergedInto(alone)]).toEqual([known.contactId, null, null]);
    expect(await hub.candidates(one.contactId)).toHaveLength(1);
    expect(await listContactIds(hub.deps.db, { after: null, limit: 10 })).not.toContain(double.contactId);

    // Nothing is left to find.
    expect(await reviewAll()).toEqual({ reviewed: 4, merged: 0, asked: 0 });
  });
});
