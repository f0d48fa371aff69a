import { type KeyContext, type KeyEvidence, strongest } from './compare-emails.ts';
import type { PhoneParts, Profile } from './profile.ts';
import { editDistance } from './spelling.ts';
import type { EvidenceKind } from './weights.ts';

/** From this many strangers on, a number is that of a reception. */
export const manyStrangers = 8;

/** Compares the phone numbers of two people, by the pair that says most. */
export function comparePhones({ phones: ours }: Profile, { phones: theirs }: Profile, context: KeyContext): KeyEvidence {
  const pairs = ours.flatMap((our) => theirs.map((their) => ({ our, their })));
  const same = pairs.filter(({ our, their }) => our.e164 === their.e164).map(({ our, their }) => sameKind(our, their, context));
  if (same.length > 0) return { kinds: strongest(same), common: same.some(isOwn) ? 'own' : 'shared' };
  if (pairs.some(({ our, their }) => isDigitOff(our.e164, their.e164))) return { kinds: ['phone-digit-off'], common: 'none' };
  const own = [ours, theirs].map((phones) => phones.filter(({ line }) => line !== 'service'));
  return { kinds: own.every(({ length }) => length > 0) ? ['phone-other'] : [], common: 'none' };
}

const isOwn = (kind: EvidenceKind): boolean =>
  kind === 'phone-mobile' || kind === 'phone-extension' || kind === 'phone-same' || kind === 'phone-landline';

function sameKind(our: PhoneParts, their: PhoneParts, { strangers, isWhole }: KeyContext): EvidenceKind {
  if (our.line === 'service' || (our.extension !== their.extension && our.extension !== null && their.extension !== null))
    return 'phone-many';
  const others = strangers(our.key);
  if (our.extension !== their.extension || others >= manyStrangers)
    return others >= manyStrangers ? 'phone-many' : 'phone-shared';
  if (others > 0) return isWhole ? 'phone-shared-same-name' : 'phone-shared';
  if (our.extension !== null) return 'phone-extension';
  return our.line === 'mobile' ? 'phone-mobile' : our.line === 'landline' ? 'phone-landline' : 'phone-same';
}

function isDigitOff(a: string, b: string): boolean {
  return a.length === b.length && editDistance(a, b, 1) === 1;
}
