import type { z } from 'zod';
import type { StoredEvidence } from '#db/consent/evidence.ts';
import type { StoredContact } from '#db/contacts/contacts.ts';
import { operatorRefuser, refusersOf } from '#domain/merge/consent.ts';
import { type HeldRefusal, refusalChannels } from '#domain/refusal.ts';
import type { contactConsent } from './consent-schemas.ts';

type Shown = z.input<typeof contactConsent>;
type Refuser = Shown['channels'][number]['by'][number];

/** Whether a contact may be contacted, by channel: its own refusals, and those that hold for its numbers and addresses. */
export function showConsent(
  contact: Pick<StoredContact, 'fields' | 'provenance'>,
  refused: readonly HeldRefusal[],
  evidence: readonly StoredEvidence[],
): Shown {
  const own = refusersOf(contact);
  const channels = refusalChannels.map((channel) => {
    const held = refused.filter((key) => key.channel === channel);
    const by = [...(own[channel] ?? []).map(toRefuser), ...held.map(toHolder)];
    return { channel, isDenied: by.length > 0, by };
  });
  return { channels, evidence: evidence.map(showEvidence) };
}

/** A refuser is the operator, a record (`account:link`), or an account or form. */
function toRefuser(refuser: string): Refuser {
  if (refuser === operatorRefuser) return { via: 'operator', provider: null, linkId: null, key: null };
  const [provider = refuser, linkId = null] = refuser.split(':');
  return { via: 'account', provider, linkId, key: null };
}

function toHolder({ isListed, kind, value }: HeldRefusal): Refuser {
  return { via: isListed ? 'list' : 'other-contact', provider: null, linkId: null, key: { kind, value } };
}

function showEvidence(row: StoredEvidence): Shown['evidence'][number] {
  const { id, at, channel, decision, source: via, actor, provider, externalId, key, reason, wording, details } = row;
  return { id, at: at.toISOString(), channel, decision, via, actor, provider, externalId, key, reason, wording, details };
}
