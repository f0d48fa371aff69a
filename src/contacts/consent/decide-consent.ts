import type { ContactTransaction } from '#contacts/contact-transaction.ts';
import { openUnit } from '#contacts/open-unit.ts';
import { isLive } from '#db/contacts/links.ts';
import { denyChannels, liftChannels, operatorRefuser, refusersOf } from '#domain/merge/consent.ts';
import type { RefusalChannel } from '#domain/refusal.ts';

export interface ConsentDecision {
  contactId: string;
  decision: 'deny' | 'lift';
  channels: readonly RefusalChannel[];
  /** Required to lift. */
  reason: string | null;
  /** The person's own words. */
  wording: string | null;
  /** `api-key:<name>`. */
  actor: string;
}

export interface DecidedConsent {
  isChanged: boolean;
  /** Records that go on refusing after a lift: Accord lifts no refusal at a vendor. */
  refusalsLeft: { linkId: string; provider: string; externalId: string | null; channels: RefusalChannel[] }[];
}

/**
 * A person in Accord marks a contact as not to be contacted by some channels, or lifts that, whoever refused. No record lifts what a
 * person in Accord denied.
 */
export async function decideConsent(transaction: ContactTransaction, decision: ConsentDecision): Promise<DecidedConsent> {
  const { channels, reason, wording, actor } = decision;
  const unit = await openUnit(transaction, { contactId: decision.contactId, cause: null });
  const { contact, deps } = unit;
  const isDenial = decision.decision === 'deny';
  const { doNotContact, by } = isDenial ? denyChannels(contact, channels, operatorRefuser) : liftChannels(contact, channels);
  const before = { ...contact.fields.doNotContact, by: refusersOf(contact) };
  const isChanged = JSON.stringify(before.by) !== JSON.stringify(by);
  if (isChanged) {
    const said = { wording, details: {} };
    unit.explainRefusals({ source: 'operator', actor, linkId: null, reason, denied: said, lifted: said });
    unit.addHistory({ kind: 'changed', actor, field: 'doNotContact', before, after: { ...doNotContact, by } });
    unit.changeContact({
      fields: { ...contact.fields, doNotContact },
      provenance: { ...contact.provenance, doNotContact: { provider: actor, changedAt: deps.now().toISOString(), by } },
    });
    await unit.save();
  }
  const refusalsLeft = unit.links.filter(isLive).flatMap(({ id: linkId, provider, external_id: externalId, shadow }) => {
    const left = channels.filter((channel) => shadow?.doNotContact?.[channel] && !doNotContact[channel]);
    return left.length === 0 ? [] : [{ linkId, provider, externalId, channels: left }];
  });
  return { isChanged, refusalsLeft: isDenial ? [] : refusalsLeft };
}
