import type { ProviderValues } from '#domain/contact.ts';
import type { ModelProvider } from '#test/properties/model/model-provider.ts';
import { currentOf, type ModelRecord } from '#test/properties/model/record.ts';

export interface Person {
  name: string;
  /** Of nobody else: it tells whose record a record is. */
  email: string;
  phone: string;
  isLead: boolean;
  /** The person's contact refuses calls, as far as Accord has been told. */
  isRefusing: boolean;
  /** The record that says so, until Accord has read it. */
  refusedAt: { model: ModelProvider; record: ModelRecord } | null;
  /** The records that Accord knew when an operator erased the person, as `vendor/id`; null before that. */
  erased: ReadonlySet<string> | null;
  /** Shared by all whom merges have joined, whether or not they were undone. */
  circle: Circle;
}

export interface Circle {
  members: Person[];
  /** A policy, a decision or an erasure allows Accord to delete records. */
  mayBeDeleted: boolean;
  /** An operator has undone a merge of theirs. */
  isSplit: boolean;
  /** Nothing has happened but edits and refusals: each vendor has one record. */
  isPlain: boolean;
}

export function emailsIn({ emails = [] }: ProviderValues): string[] {
  return emails.map(({ address }) => address);
}

export function phonesIn({ phones = [] }: Pick<ProviderValues, 'phones'>): string[] {
  return phones.flatMap(({ e164 }) => e164 ?? []);
}

export function recordsOf(model: ModelProvider, { email }: Person): ModelRecord[] {
  return model.live.filter((record) => emailsIn(currentOf(record).values).includes(email));
}

/** A merge has made one of two people. */
export function join({ circle }: Person, { circle: other }: Person): void {
  if (circle === other) return;
  circle.isPlain = false;
  circle.mayBeDeleted ||= other.mayBeDeleted;
  circle.isSplit ||= other.isSplit;
  circle.members.push(...other.members);
  for (const member of other.members) member.circle = circle;
}
