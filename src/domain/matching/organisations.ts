import { isMailService } from '#domain/normalize/email.ts';
import { areNearCompanies } from './company.ts';
import { compareEmails, type Strangers } from './compare-emails.ts';
import { comparePhones } from './compare-phones.ts';
import { type Evidence, toEvidence } from './evidence.ts';
import { comparePlaces } from './place.ts';
import type { Profile } from './profile.ts';
import type { EvidenceKind } from './weights.ts';

/** Two records without a person's name, at least one of which has a company. */
export function weighOrganisations(one: Profile, other: Profile, strangers: Strangers): Evidence {
  const name = compareNames(one, other);
  const keys = compareKeys(one, other, strangers);
  const place = comparePlaces(one.places, other.places);
  const isConnected = keys.length > 0 || place === 'address-same';
  return toEvidence(
    [name, ...keys, place],
    [
      ...(name === null ? (['unnamed'] as const) : []),
      ...(name === 'organisation-clash' ? (['organisations-differ'] as const) : []),
      ...(isConnected ? [] : (['no-key'] as const)),
    ],
  );
}

/** Asked only about a person of the same company: everybody of a company has its number. */
export function weighPersonWithOrganisation(one: Profile, other: Profile, strangers: Strangers): Evidence {
  const name = compareNames(one, other);
  const isOfCompany = name === 'organisation-same' || name === 'organisation-near';
  const company = name === 'organisation-same' ? 'company-same' : 'company-near';
  return toEvidence(isOfCompany ? [company, ...compareKeys(one, other, strangers)] : [], ['person-and-organisation']);
}

/** The keys and hosts in common. */
function compareKeys(one: Profile, other: Profile, strangers: Strangers): EvidenceKind[] {
  const context = { strangers, isWhole: false };
  const [emails, phones] = [compareEmails(one, other, context), comparePhones(one, other, context)];
  // A role's mailbox, which many people read, is the organisation's own.
  const isMailbox = one.emails.some(({ key }) => other.emails.some((their) => their.key === key));
  const isHost = one.emails.some(({ host }) => !isMailService(host) && other.emails.some((their) => their.host === host));
  return [
    ...(isMailbox ? (['email-same'] as const) : isHost ? (['organisation-host'] as const) : []),
    ...(phones.common === 'none' ? [] : phones.kinds),
    ...(emails.common === 'none' && !isHost ? emails.kinds.filter((kind) => kind === 'email-typo') : []),
  ];
}

function compareNames({ companies: ours }: Profile, { companies: theirs }: Profile): EvidenceKind | null {
  if (ours.length === 0 || theirs.length === 0) return null;
  if (ours.some((one) => theirs.includes(one))) return 'organisation-same';
  return ours.some((one) => theirs.some((other) => areNearCompanies(one, other))) ? 'organisation-near' : 'organisation-clash';
}
