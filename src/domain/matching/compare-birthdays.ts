import { editDistance } from './spelling.ts';
import type { EvidenceKind } from './weights.ts';

export type BirthdayRelation = Extract<EvidenceKind, `birthday-${string}`>;

/** The closest relation between the birthdays of two people; null when one of them is unknown. */
export function compareBirthdays(ours: readonly string[], theirs: readonly string[]): BirthdayRelation | null {
  const found = ours.flatMap((one) => theirs.map((other) => compareBirthday(one, other)));
  return order.find((relation) => found.includes(relation)) ?? null;
}

const order = ['birthday-same', 'birthday-same-day', 'birthday-slip', 'birthday-other', 'birthday-generation'] as const;

/** From this many years on, the two may be parent and child. */
const generationYears = 12;

function compareBirthday(one: string, other: string): BirthdayRelation {
  const [day, otherDay] = [one.slice(-5), other.slice(-5)];
  if (one.startsWith('--') || other.startsWith('--')) return day === otherDay ? 'birthday-same-day' : 'birthday-other';
  if (one === other) return 'birthday-same';
  const years = Math.abs(Number(one.slice(0, 4)) - Number(other.slice(0, 4)));
  const isSlip = editDistance(one, other, 1) === 1 || (years === 0 && day === otherDay.split('-').reverse().join('-'));
  // A slip in the decade is a slip; one and the same day a generation later is a parent's or a child's as well.
  if (years >= generationYears) return 'birthday-generation';
  return isSlip ? 'birthday-slip' : 'birthday-other';
}
