import type { ActivityDeps } from '#activities/deps.ts';
import { inTransaction } from '#contacts/contact-transaction.ts';
import { listRecords, recogniseFound, storeCandidate } from '#contacts/matching/recognise-record.ts';
import { mergeContacts } from '#contacts/merging/merge-contacts.ts';
import { openUnit } from '#contacts/open-unit.ts';
import { getContact } from '#db/contacts/contacts.ts';
import type { Link } from '#db/contacts/links.ts';
import { isRejectedPair } from '#db/contacts/matching/decided-pairs.ts';
import { toStoredEvidence } from '#domain/matching/evidence.ts';

/** Ends a create that would make a double: the contact has a record by now, or waits for a person's decision. */
export class CreateNotNeeded extends Error {
  /** `adopted`: the contact was merged with the one that has the record. `in-step`: the create waits for a decision. */
  readonly outcome: 'adopted' | 'in-step';
  /** Providers that are out of step after a merge. */
  readonly outOfStep: string[];

  constructor(outcome: 'adopted' | 'in-step', outOfStep: string[] = []) {
    super('The create is not needed');
    this.outcome = outcome;
    this.outOfStep = outOfStep;
  }
}

/**
 * Decides about a contact whose create met a record of another contact. Throws `CreateNotNeeded` when the two are one person, which it merges,
 * or when they may be. Returns when they are different people.
 */
export async function joinOwner(deps: ActivityDeps, link: Link, ownerId: string, cause: string): Promise<void> {
  const [own, owner] = [await getContact(deps.db, link.contact_id), await getContact(deps.db, ownerId)];
  const contact = { contactId: own.id, records: await listRecords(deps.db, own) };
  const { verdict, evidence } = await recogniseFound(deps.db, deps, { contact, found: owner.fields, foundId: owner.id });
  if (verdict === 'different' || (await isRejectedPair(deps.db, own.id, owner.id))) return;
  if (verdict === 'maybe') {
    await storeCandidate(deps.db, own.id, owner.id, evidence);
    throw new CreateNotNeeded('in-step');
  }
  // The oldest contact survives: people and workflows know its id. Ids are UUIDv7, which sort by age.
  const [survivorId = own.id, otherId = own.id] = [own.id, owner.id].toSorted();
  const outOfStep = await inTransaction(deps, async (transaction) => {
    await mergeContacts(transaction, {
      survivorId,
      otherId,
      why: 'found before a create',
      cause,
      evidence: toStoredEvidence(evidence),
    });
    return (await openUnit(transaction, { contactId: survivorId, cause })).outOfStep();
  });
  throw new CreateNotNeeded('adopted', outOfStep);
}
