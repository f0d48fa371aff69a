import type { Evidence } from '#db/consent/evidence.ts';
import type { StoredContact } from '#db/contacts/contacts.ts';
import { listConsentChanges } from '#domain/merge/consent.ts';

/** Where the refusals of a change come from, as evidence. */
export type Circumstances = Pick<Evidence, 'source' | 'actor' | 'linkId' | 'reason'> & {
  /** Of a refusal, and of a permission. */
  denied: Pick<Evidence, 'wording' | 'details'>;
  lifted: Pick<Evidence, 'wording' | 'details'>;
};

/** The evidence of the refusals by which two states of a contact differ. */
export function toEvidence(
  before: StoredContact,
  after: StoredContact,
  { denied, lifted, ...circumstances }: Circumstances,
  at: Date,
): Evidence[] {
  return listConsentChanges(before, after).map(({ channel, decision, refuser }) => {
    const { wording, details } = decision === 'denied' ? denied : lifted;
    // Whose refusal ended: a permission ends those of several records.
    const of = decision === 'lifted' ? { refuser } : {};
    return { ...circumstances, at, contactId: after.id, key: null, channel, decision, wording, details: { ...details, ...of } };
  });
}
